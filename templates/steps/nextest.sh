config=(--tool-config-file "pipewright:$GITHUB_WORKSPACE/"<%= config %>)
<% if shards > 1 %>
part=(--partition "slice:$PIPEWRIGHT_SHARD/$PIPEWRIGHT_SHARDS")
<% else %>
part=()
<% endif %>
cargo nextest list "${config[@]}" "${part[@]}" --message-format json > "$PIPEWRIGHT_WORK/listed.json"
status=0
<% if measured %>
mkdir -p "$PIPEWRIGHT_WORK/coverage"
cargo llvm-cov nextest --lcov --output-path "$PIPEWRIGHT_WORK/coverage/lcov.info" \
<% for package in packages %>
  --package <%= package %> \
<% endfor %>
<% else %>
cargo nextest run \
<% endif %>
<% if reruns %>
  --retries <%= reruns %> \
<% endif %>
<% if workers %>
  --test-threads <%= workers %> \
<% endif %>
<% if arguments %>
  <%= arguments %> \
<% endif %>
  --no-fail-fast --no-tests=pass "${config[@]}" "${part[@]}" || status=$?
# 100 means that tests failed, which the gates judge; anything else is no test run at all.
if [ "$status" -ne 0 ] && [ "$status" -ne 100 ]; then exit "$status"; fi
