<% if not pinned %>
# Pin it: `docker buildx imagetools inspect <%= image %>` prints the digest that goes behind the tag.
<% endif %>
FROM <%= image %> AS dependencies
RUN --mount=type=cache,target=/root/.cache/pip pip install --disable-pip-version-check uv==<%= uv %>
ENV UV_PROJECT_ENVIRONMENT=/venv UV_LINK_MODE=copy UV_PYTHON=/usr/local/bin/python UV_PYTHON_DOWNLOADS=never
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN --mount=type=cache,target=/root/.cache/uv uv sync --frozen --no-dev --no-install-project
COPY . .
RUN --mount=type=cache,target=/root/.cache/uv uv sync --frozen --no-dev --no-editable

FROM <%= image %>
RUN useradd --system --uid 10001 --no-create-home app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1<%= python_path %>
WORKDIR /app
COPY --from=dependencies /venv /venv
COPY . .
USER 10001
CMD <%= command %>
