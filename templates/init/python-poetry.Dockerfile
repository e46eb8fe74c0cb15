# Dependencies have separate, earlier layers, which changes of the code do not rebuild.
<% if not pinned %>
# Pin it: `docker buildx imagetools inspect <%= image %>` prints the digest to append to the tag.
<% endif %>
FROM <%= image %> AS dependencies
# Poetry has a separate environment, so that none of its packages reach the service's.
RUN --mount=type=cache,target=/root/.cache/pip \
    python -m venv /opt/poetry && /opt/poetry/bin/pip install poetry==<%= poetry %> && python -m venv /opt/venv
ENV VIRTUAL_ENV=/opt/venv PATH=/opt/venv/bin:$PATH
WORKDIR /build

COPY pyproject.toml poetry.lock ./
RUN --mount=type=cache,target=/root/.cache/pypoetry \
    /opt/poetry/bin/poetry install --no-interaction --only main --no-root

FROM <%= image %>
<%= service %>
