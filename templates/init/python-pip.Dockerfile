<% if not pinned %>
# Pin it: `docker buildx imagetools inspect <%= image %>` prints the digest that goes behind the tag.
<% endif %>
FROM <%= image %> AS dependencies
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
WORKDIR /app
COPY <%= files %> ./
# The mount keeps what pip downloads; `--no-cache-dir` would leave it empty.
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install --disable-pip-version-check <%= requirements %>

FROM <%= image %>
RUN useradd --system --uid 10001 --no-create-home app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1<%= python_path %>
WORKDIR /app
COPY --from=dependencies /venv /venv
COPY . .
USER 10001
CMD <%= command %>
