<%= program %> testClasses<% if words %> <%= words %><% endif %>
