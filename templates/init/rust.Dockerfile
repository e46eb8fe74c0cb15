# Pin both images: `docker buildx imagetools inspect <image>` prints the digest that goes behind the tag.
FROM <%= image %> AS build
WORKDIR /src
<% if layered %>
# Dependencies are built with an empty program, in a layer that a change of the sources leaves alone.
COPY Cargo.toml Cargo.lock ./
RUN mkdir src && echo 'fn main() {}' > src/main.rs && touch src/lib.rs && cargo build --release --locked && rm -r src
COPY . .
# Files that are copied keep their times, so cargo would take the empty program for the newer one.
RUN find src -name '*.rs' -exec touch {} + && cargo build --release --locked --bin <%= binary %> && \
    cp target/release/<%= binary %> /<%= binary %>
<% else %>
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin <%= binary %> && cp target/release/<%= binary %> /<%= binary %>
<% endif %>

FROM debian:bookworm-slim
COPY --from=build /<%= binary %> /usr/local/bin/<%= binary %>
# By number, so that Kubernetes can see that it is not root.
USER 10001:10001
CMD <%= command %>
