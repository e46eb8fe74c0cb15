poetry install --no-interaction<% if words %> <%= words %><% endif %>
