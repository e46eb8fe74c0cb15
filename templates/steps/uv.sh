uv sync --locked<% if words %> <%= words %><% endif %>
