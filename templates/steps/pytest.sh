# The plugin's folder, before the project's own entries.
export PYTHONPATH="$RUNNER_TEMP/pipewright${PYTHONPATH:+:$PYTHONPATH}"
status=0
<%= python %> -m pytest<% if paths %> <%= paths %><% endif %> \
  -p pipewright_pytest \
<% if random %>
  -p randomly --randomly-seed="$PIPEWRIGHT_SEED" \
<% else %>
  -p no:randomly \
<% endif %>
<% for line in arguments %>
  <%= line %> \
<% endfor %>
<% if measured %>
<% for package in packages %>
  --cov=<%= package %> \
<% endfor %>
  --cov-report= \
<% endif %>
<% if measured or partial %>
  --cov-fail-under=0 \
<% endif %>
  -o cache_dir="$RUNNER_TEMP/pytest-cache" || status=$?
# 1 means failed tests, which the gates evaluate; other codes are an error of the tool.
if [ "$status" -gt 1 ]; then exit "$status"; fi
