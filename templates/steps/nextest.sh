root=$(cargo locate-project --workspace --message-format plain)
selection=()
<% if workspace %>
# Without it, the root folder of a workspace selects its own package alone, and the folder of a member that member.
if [ "$root" = "$(cargo locate-project --message-format plain)" ]; then selection+=(--workspace); fi
<% endif %>
<% if lock %>
if [ -f "${root%Cargo.toml}Cargo.lock" ]; then selection+=(--locked); fi
<% endif %>
{
  echo "root=${root%Cargo.toml}"
  echo "selection=${selection[*]}"
} >> "$GITHUB_OUTPUT"
<% if build %>
selection+=(<%= build %>)
<% endif %>
# The path of the report in target/nextest; the repository's configuration takes precedence.
printf '[profile.default.junit]\npath = "junit.xml"\n' > "$PIPEWRIGHT_WORK/nextest.toml"
config=(--tool-config-file "pipewright:$PIPEWRIGHT_WORK/nextest.toml")
<% if shards > 1 %>
config+=(--partition "slice:$PIPEWRIGHT_SHARD/$PIPEWRIGHT_SHARDS")
<% endif %>
<% if measured %>
variables=$(cargo llvm-cov show-env --sh)
eval "$variables"
cargo llvm-cov clean --workspace
<% endif %>
rm -rf "${root%Cargo.toml}target/nextest" # A cache may have brought an earlier report.
cargo nextest list "${config[@]}" --message-format json "${selection[@]}"<% if filters %> <%= filters %><% endif %> > "$PIPEWRIGHT_WORK/listed.json"
status=0
cargo nextest run "${config[@]}" "${selection[@]}" \
  <%= run %><% if filters %> <%= filters %><% endif %> || status=$?
<% if no_doctests %>
echo "::notice title=No doctests::\`args\` selects targets, so \`cargo test --doc\` is left out"
<% endif %>
# 100 means failed tests, which the gates evaluate; other codes are an error of the tool.
if [ "$status" -ne 0 ] && [ "$status" -ne 100 ]; then exit "$status"; fi
