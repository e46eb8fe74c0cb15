rustup toolchain install "$RUST_VERSION" --profile minimal --component clippy,rustfmt --no-self-update
rustup default "$RUST_VERSION"
