deno install --frozen<% if words %> <%= words %><% endif %>
