go list -m -f '{{.Path}}{{"\t"}}{{.Dir}}' > "$PIPEWRIGHT_WORK/modules.txt"
# At the root of a workspace, `./...` has no packages: each of its modules has.
patterns=()
while IFS=$'\t' read -r _ folder; do
  case "$folder/" in "$(pwd -P)"/*) patterns+=("$folder/...") ;; esac
done < "$PIPEWRIGHT_WORK/modules.txt"
go list<% if listing %> <%= listing %><% endif %> -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' "${patterns[@]:-./...}" > "$PIPEWRIGHT_WORK/found.json"
python3 -I "$GITHUB_WORKSPACE/.github/pipewright/ci.py" select
packages=()
while IFS= read -r package; do packages+=("$package"); done < "$PIPEWRIGHT_WORK/selected.txt"
status=0
if [ "${#packages[@]}" -gt 0 ]; then
  go test -json -count=1 \
<% if random %>
    -shuffle="$PIPEWRIGHT_SEED" \
<% endif %>
<% if workers %>
    -p=<%= workers %> \
<% endif %>
<% if measured %>
    -coverprofile="$PIPEWRIGHT_WORK/profile.txt" -coverpkg=<%= measured %> \
<% endif %>
    "${packages[@]}"<% if args %> <%= args %><% endif %> | tee "$PIPEWRIGHT_WORK/report.json" | python3 -Iuc '
import json, sys
for line in sys.stdin:
    print(json.loads(line).get("Output", "") if line.startswith("{") else line, end="")' || status=$?
fi
echo "exit=$status" >> "$GITHUB_OUTPUT"
