ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1<%= python_path %>
WORKDIR /app
COPY --from=dependencies /opt/venv /opt/venv
# What `.dockerignore` lets through.
COPY . .

# By number, so that Kubernetes can see that it is not root.
USER 10001:10001
<% if port %>
EXPOSE <%= port %>
<% endif %>
CMD <%= command %>
