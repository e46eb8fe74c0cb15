read -ra packages <<< "$SELECTION"
status=0
cargo test --doc --no-fail-fast "${packages[@]}"<% if doc %> <%= doc %><% endif %> 2>&1 | tee "$PIPEWRIGHT_WORK/doctests.txt" || status=$?
echo "exit=$status" >> "$GITHUB_OUTPUT"
