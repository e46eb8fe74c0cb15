<% if uv %>
uv pip install --require-hashes --no-deps -r "$PLUGINS"
<% else %>
<%= python %> -m pip install --disable-pip-version-check --require-hashes --no-deps -r "$PLUGINS"
<% endif %>
