# What cannot be loaded is in the list.
PLAYWRIGHT_JSON_OUTPUT_NAME="$PIPEWRIGHT_WORK/found.json" \
  <%= start %> playwright test --list --reporter=json<% if args %> <%= args %><% endif %> || true
python3 -I "$GITHUB_WORKSPACE/.github/pipewright/ci.py" select
filters=()
while IFS= read -r filter; do filters+=("$filter"); done < "$PIPEWRIGHT_WORK/filters.txt"
status=0
if [ "${#filters[@]}" -gt 0 ]; then
  export PLAYWRIGHT_JSON_OUTPUT_NAME="$PIPEWRIGHT_WORK/report.json"
  export PLAYWRIGHT_HTML_OUTPUT_DIR="$PIPEWRIGHT_WORK/playwright/report" PLAYWRIGHT_HTML_OPEN=never
  <%= start %> playwright test "${filters[@]}" --reporter=list,json,html --output="$PIPEWRIGHT_WORK/playwright/results" \
<% if trace %>
    --trace=retain-on-failure \
<% endif %>
<% if reruns %>
    --retries=<%= reruns %> \
<% endif %>
<% if timeout %>
    --timeout=<%= timeout %> \
<% endif %>
<% if workers %>
    --workers=<%= workers %> \
<% endif %>
<% if args %>
    <%= args %> \
<% endif %>
    || status=$?
fi
echo "exit=$status" >> "$GITHUB_OUTPUT"
