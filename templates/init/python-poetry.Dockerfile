# The dependencies come first and apart: a change of the code alone rebuilds no layer of theirs.
<% if not pinned %>
# Pin it: `docker buildx imagetools inspect <%= image %>` prints the digest that goes behind the tag.
<% endif %>
FROM <%= image %> AS dependencies
# Poetry has an environment of its own, so that nothing of it reaches the service's.
RUN --mount=type=cache,target=/root/.cache/pip \
    python -m venv /opt/poetry && /opt/poetry/bin/pip install poetry==<%= poetry %> && python -m venv /opt/venv
ENV VIRTUAL_ENV=/opt/venv PATH=/opt/venv/bin:$PATH
WORKDIR /build

COPY pyproject.toml poetry.lock ./
RUN --mount=type=cache,target=/root/.cache/pypoetry \
    /opt/poetry/bin/poetry install --no-interaction --only main --no-root

FROM <%= image %>
<%= service %>
