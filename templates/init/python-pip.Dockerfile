# The dependencies come first and apart: a change of the code alone rebuilds no layer of theirs.
<% if not pinned %>
# Pin it: `docker buildx imagetools inspect <%= image %>` prints the digest that goes behind the tag.
<% endif %>
FROM <%= image %> AS dependencies
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /build

COPY <%= files %> ./
# The mount keeps what pip downloads; `--no-cache-dir` would leave it empty.
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install <%= requirements %>

FROM <%= image %>
<%= service %>
