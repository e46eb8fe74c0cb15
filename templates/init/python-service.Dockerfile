ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1<%= python_path %>
WORKDIR /app
COPY --from=dependencies /opt/venv /opt/venv
# All files that `.dockerignore` does not exclude.
COPY . .

# As a number: `runAsNonRoot` cannot check a name.
USER 10001:10001
<% if port %>
EXPOSE <%= port %>
<% endif %>
CMD <%= command %>
