<%= program %> --batch-mode test-compile<% if words %> <%= words %><% endif %>
