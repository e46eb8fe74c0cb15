<%= start %> vitest list --filesOnly --json="$PIPEWRIGHT_WORK/found.json"<% if args %> <%= args %><% endif %>

export PIPEWRIGHT_FILTER=substring
python3 -I "$GITHUB_WORKSPACE/.github/pipewright/ci.py" select
files=()
while IFS= read -r file; do files+=("$file"); done < "$PIPEWRIGHT_WORK/selected.txt"
<% if partial %>
excluded=()
while IFS= read -r file; do excluded+=("--exclude=$file"); done < "$PIPEWRIGHT_WORK/excluded.txt"
<% endif %>
status=0
if [ "${#files[@]}" -gt 0 ]; then
  <%= start %> vitest run "${files[@]}"<% if partial %> "${excluded[@]}"<% endif %> \
    --reporter=default --reporter=json --outputFile.json="$PIPEWRIGHT_WORK/report.json" --includeTaskLocation \
<% if random %>
    --sequence.shuffle.files --sequence.shuffle.tests --sequence.seed="$PIPEWRIGHT_SEED" \
<% endif %>
<% if reruns %>
    --retry=<%= reruns %> \
<% endif %>
<% if timeout %>
    --testTimeout=<%= timeout %> --hookTimeout=<%= timeout %> \
<% endif %>
<% if workers %>
    --maxWorkers=<%= workers %> \
<% endif %>
<% if measured %>
    --coverage.enabled --coverage.reporter=lcovonly --coverage.reportsDirectory="$PIPEWRIGHT_WORK/coverage" \
    --coverage.reportOnFailure \
    --coverage.thresholds.lines=0 --coverage.thresholds.branches=0 \
    --coverage.thresholds.functions=0 --coverage.thresholds.statements=0 \
<% for files in measured %>
    --coverage.include=<%= files %> \
<% endfor %>
<% endif %>
<% if args %>
    <%= args %> \
<% endif %>
    2>&1 | tee "$PIPEWRIGHT_WORK/log.txt" || status=$?
fi
echo "exit=$status" >> "$GITHUB_OUTPUT"
