# Pin both images: `docker buildx imagetools inspect <image>` prints the digest to append to the tag.
FROM <%= image %> AS build
WORKDIR /src
COPY <%= files %> ./
# Modules are in a layer instead of a cache mount: CI restores layers, but no mounts.
RUN go mod download
COPY . .
RUN --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -o /out/<%= program %> <%= package %>

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/<%= program %> /<%= program %>
CMD <%= command %>
