bun install --frozen-lockfile<% if words %> <%= words %><% endif %>
