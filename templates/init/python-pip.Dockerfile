# Dependencies have separate, earlier layers, which changes of the code do not rebuild.
<% if not pinned %>
# Pin it: `docker buildx imagetools inspect <%= image %>` prints the digest to append to the tag.
<% endif %>
FROM <%= image %> AS dependencies
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /build

COPY <%= files %> ./
# The mount is pip's cache; `--no-cache-dir` would leave it empty.
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install <%= requirements %>

FROM <%= image %>
<%= service %>
