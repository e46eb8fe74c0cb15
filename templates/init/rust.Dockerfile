# Pin both images: `docker buildx imagetools inspect <image>` prints the digest to append to the tag.
FROM <%= image %> AS build
WORKDIR /src
<% if layered %>
# Dependencies are built with an empty program, in a layer that changes of the sources do not rebuild.
COPY Cargo.toml Cargo.lock ./
RUN mkdir src && echo 'fn main() {}' > src/main.rs && touch src/lib.rs && cargo build --release --locked && rm -r src
COPY . .
# COPY keeps modification times, so the empty program would look newer to cargo.
RUN find src -name '*.rs' -exec touch {} + && cargo build --release --locked --bin <%= binary %> && \
    cp target/release/<%= binary %> /<%= binary %>
<% else %>
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin <%= binary %> && cp target/release/<%= binary %> /<%= binary %>
<% endif %>

FROM debian:bookworm-slim
COPY --from=build /<%= binary %> /usr/local/bin/<%= binary %>
# As a number: `runAsNonRoot` cannot check a name.
USER 10001:10001
CMD <%= command %>
