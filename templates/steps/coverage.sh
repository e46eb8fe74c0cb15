python -m pip install --disable-pip-version-check --require-hashes --no-deps --only-binary :all: -r "$PLUGINS"
