<%= start %> playwright install --with-deps
