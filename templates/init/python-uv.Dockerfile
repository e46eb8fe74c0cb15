# Dependencies have separate, earlier layers, which changes of the code do not rebuild.
<% if not pinned %>
# Pin it: `docker buildx imagetools inspect <%= image %>` prints the digest to append to the tag.
<% endif %>
FROM <%= image %> AS dependencies
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install uv==<%= uv %>
ENV UV_PROJECT_ENVIRONMENT=/opt/venv UV_LINK_MODE=copy UV_PYTHON=/usr/local/bin/python UV_PYTHON_DOWNLOADS=never
WORKDIR /build

COPY pyproject.toml uv.lock ./
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --frozen --no-dev --no-install-project

FROM <%= image %>
<%= service %>
