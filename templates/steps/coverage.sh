python -m pip install --disable-pip-version-check --require-hashes --no-deps -r "$PLUGINS"
