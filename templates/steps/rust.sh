rustup toolchain install "$RUST_VERSION" --profile minimal --component clippy,rustfmt --no-self-update
# Unlike `rustup default`, this takes precedence over a rust-toolchain.toml.
echo "RUSTUP_TOOLCHAIN=$RUST_VERSION" >> "$GITHUB_ENV"
# What the nearest rust-toolchain.toml asks for beyond a version is installed for this version as well.
file=$(find <%= folders %> -maxdepth 1 -type f \( -name rust-toolchain -o -name rust-toolchain.toml \) | head -n 1)
if [ -n "$file" ] && grep -qE '(components|targets) *=' "$file"; then
  mkdir "$RUNNER_TEMP/toolchain"
  sed -E "s/(channel *= *)[\"'][^\"']*[\"']/\1\"$RUST_VERSION\"/" "$file" > "$RUNNER_TEMP/toolchain/rust-toolchain.toml"
  (cd "$RUNNER_TEMP/toolchain" && rustup toolchain install)
fi
