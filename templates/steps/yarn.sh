yarn install <% if classic %>--frozen-lockfile<% else %>--immutable<% endif %><% if words %> <%= words %><% endif %>
