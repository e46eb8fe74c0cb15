<% if requirements and uv %>
# The project's constraints and its delay for new releases do not apply to plugins with pinned hashes.
uv pip install --no-config --require-hashes --no-deps --only-binary :all:<% for file in requirements %> -r "$SCRIPTS"/<%= file %><% endfor %>

<% elif requirements %>
<%= python %> -m pip install --disable-pip-version-check --require-hashes --no-deps --only-binary :all: \
 <% for file in requirements %> -r "$SCRIPTS"/<%= file %><% endfor %>

<% endif %>
# Tests can import from this folder, so it contains nothing but the plugin.
mkdir -p "$RUNNER_TEMP/pipewright"
cp "$SCRIPTS"/<%= plugin %> "$RUNNER_TEMP/pipewright"
