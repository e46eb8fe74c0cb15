# The runner's folder, before the project's own entries.
export PYTHONPATH="$RUNNER_TEMP/pipewright${PYTHONPATH:+:$PYTHONPATH}"
<% if measured %>
mkdir -p "$RUNNER_TEMP/coverage"
<% endif %>
status=0
<%= python %><% if measured %> -m coverage run --parallel-mode --source=<%= measured %><% endif %> manage.py test \
  --testrunner=pipewright_django.PipewrightRunner --noinput \
<% if random %>
  --shuffle="$PIPEWRIGHT_SEED" \
<% endif %>
<% if workers %>
  --parallel=<%= workers %> \
<% endif %>
<% if args %>
  <%= args %> \
<% endif %>
  || status=$?
# 1 means failed tests, which the gates evaluate; other codes are an error of the tool.
if [ "$status" -gt 1 ]; then exit "$status"; fi
