declare -A expected=(
  [X64]=<%= amd64 %>
  [ARM64]=<%= arm64 %>
)
echo "${expected[$ARCH]}  $KUBECTL" | sha256sum --check --strict
