# The dependencies come first and apart: a change of the code alone rebuilds no layer of theirs.
<% if not pinned %>
# Pin it: `docker buildx imagetools inspect <%= image %>` prints the digest that goes behind the tag.
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
