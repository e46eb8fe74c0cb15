# Pin it: `docker buildx imagetools inspect <%= image %>` prints the digest to append to the tag.
FROM <%= image %> AS build
WORKDIR /app
<% if pnpm %>
RUN --mount=type=cache,target=/root/.npm npm install --global pnpm@<%= pnpm %>
COPY package.json pnpm-lock.yaml ./
RUN --mount=type=cache,target=/pnpm pnpm install --frozen-lockfile --store-dir /pnpm
COPY . .
<% if build %>
RUN pnpm run build
<% endif %>
RUN --mount=type=cache,target=/pnpm CI=true pnpm prune --prod --store-dir /pnpm
<% else %>
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY . .
<% if build %>
RUN npm run build
<% endif %>
RUN npm prune --omit=dev
<% endif %>

FROM <%= image %>
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build --chown=node:node /app ./
# The user `node`, as a number: `runAsNonRoot` cannot check a name.
USER 1000:1000
CMD <%= command %>
