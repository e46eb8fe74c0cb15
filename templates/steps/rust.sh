rustup toolchain install "$RUST_VERSION" --profile minimal --component clippy,rustfmt --no-self-update
# Unlike `rustup default`, this takes precedence over a rust-toolchain.toml.
echo "RUSTUP_TOOLCHAIN=$RUST_VERSION" >> "$GITHUB_ENV"
# Components and targets of the nearest toolchain file, for this version.
file=$(find <%= folders %> -maxdepth 1 \( -name rust-toolchain -o -name rust-toolchain.toml \) | head -n 1)
if grep -qsE '^ *(components|targets) *=' "$file"; then
  channel="channel = \"$RUST_VERSION\""
  awk -v channel="$channel" '!/^ *channel/; /^ *\[toolchain\]/ { print channel }' "$file" > "$RUNNER_TEMP/rust-toolchain.toml"
  (cd "$RUNNER_TEMP" && rustup toolchain install)
fi
