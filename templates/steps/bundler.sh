BUNDLE_FROZEN=true bundle install<% if words %> <%= words %><% endif %>
