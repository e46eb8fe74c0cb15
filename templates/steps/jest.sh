<%= start %> jest --listTests --json<% if args %> <%= args %><% endif %> > "$PIPEWRIGHT_WORK/found.json"
python3 -I "$GITHUB_WORKSPACE/.github/pipewright/ci.py" select
files=()
while IFS= read -r file; do files+=("$file"); done < "$PIPEWRIGHT_WORK/selected.txt"
status=0
if [ "${#files[@]}" -gt 0 ]; then
  <%= start %> jest --ci --json --outputFile="$PIPEWRIGHT_WORK/report.json" --testLocationInResults \
<% if random %>
    --randomize --seed="$PIPEWRIGHT_SEED" \
<% endif %>
<% if timeout %>
    --testTimeout=<%= timeout %> \
<% endif %>
<% if workers %>
    --maxWorkers=<%= workers %> \
<% endif %>
<% if measured %>
    --coverage --coverageReporters=lcovonly --coverageDirectory="$PIPEWRIGHT_WORK/coverage" --coverageThreshold='{}' \
<% for files in measured %>
    --collectCoverageFrom=<%= files %> \
<% endfor %>
<% endif %>
<% if args %>
    <%= args %> \
<% endif %>
    --runTestsByPath "${files[@]}" 2>&1 | tee "$PIPEWRIGHT_WORK/log.txt" || status=$?
fi
echo "exit=$status" >> "$GITHUB_OUTPUT"
