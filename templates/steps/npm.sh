npm ci<% if words %> <%= words %><% endif %>
