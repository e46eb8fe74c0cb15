# Pin both images: `docker buildx imagetools inspect <image>` prints the digest that goes behind the tag.
FROM <%= image %> AS build
WORKDIR /src
COPY <%= files %> ./
# Modules stay in this layer: a builder that starts empty, as in CI, has layers but no mounts.
RUN go mod download
COPY . .
RUN --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -o /out/<%= program %> <%= package %>

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/<%= program %> /<%= program %>
CMD <%= command %>
