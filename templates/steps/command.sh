<% if results %>
touch "$STARTED"
<% endif %>
status=0
bash -eo pipefail -c "$COMMAND" || status=$?
# The next step finds in the report if failing tests are the cause.
echo "exit=$status" >> "$GITHUB_OUTPUT"
