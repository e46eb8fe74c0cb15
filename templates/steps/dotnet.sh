dotnet restore<% if locked %> --locked-mode<% endif %><% if words %> <%= words %><% endif %>
