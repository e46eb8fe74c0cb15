pipx install poetry==<%= version %>
