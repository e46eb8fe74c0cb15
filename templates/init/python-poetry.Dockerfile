<% if not pinned %>
# Pin it: `docker buildx imagetools inspect <%= image %>` prints the digest that goes behind the tag.
<% endif %>
FROM <%= image %> AS dependencies
# Poetry has an environment of its own, so that nothing of it reaches the service's.
RUN --mount=type=cache,target=/root/.cache/pip \
    python -m venv /poetry && /poetry/bin/pip install --disable-pip-version-check poetry==<%= poetry %> && python -m venv /venv
ENV VIRTUAL_ENV=/venv PATH=/venv/bin:$PATH
WORKDIR /app
COPY pyproject.toml poetry.lock ./
RUN --mount=type=cache,target=/root/.cache/pypoetry /poetry/bin/poetry install --no-interaction --only main --no-root

FROM <%= image %>
RUN useradd --system --uid 10001 --no-create-home app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1<%= python_path %>
WORKDIR /app
COPY --from=dependencies /venv /venv
COPY . .
USER 10001
CMD <%= command %>
