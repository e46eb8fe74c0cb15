status=0
bash -eo pipefail -c "$COMMAND" || status=$?
# Whether failing tests are why, stands in the report.
echo "exit=$status" >> "$GITHUB_OUTPUT"
