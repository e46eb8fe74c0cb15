<% if uv %>
uv pip install --require-hashes --no-deps --only-binary :all:<% for file in requirements %> -r "$SCRIPTS"/<%= file %><% endfor %>

<% else %>
<%= python %> -m pip install --disable-pip-version-check --require-hashes --no-deps --only-binary :all: \
 <% for file in requirements %> -r "$SCRIPTS"/<%= file %><% endfor %>

<% endif %>
# The plugin alone can be imported by tests, whatever else is in that folder.
mkdir -p "$RUNNER_TEMP/pipewright"
cp "$SCRIPTS"/<%= plugin %> "$RUNNER_TEMP/pipewright"
