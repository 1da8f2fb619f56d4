# The bot as an image without a shell, a package manager or npm. `docker build --tag receipt-bot .`
# Base images are pinned by tag; to publish an image, add their digests.
FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN ["npm", "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]

# Node's compile cache belongs to one version of Node, its options and one user: it is filled by those that run the bot.
FROM gcr.io/distroless/nodejs24-debian12:nonroot AS warm
WORKDIR /app
COPY --from=packages --chown=65532:65532 /app /app
COPY --chown=65532:65532 LICENSE /app/
COPY --chown=65532:65532 src /app/src
USER 65532:65532
RUN ["/nodejs/bin/node", "--min-semi-space-size=8", "--max-semi-space-size=8", "--v8-pool-size=1", \
  "--import", "/app/src/deploy/small-heap.js", "--import", "/app/src/compile-cache.js", "/app/src/deploy/warm-cache.js"]

FROM gcr.io/distroless/nodejs24-debian12:nonroot
WORKDIR /app
# root owns everything, and nobody may change it.
COPY --from=warm --chown=0:0 --chmod=0555 /app /app
USER 65532:65532
ENV NODE_ENV=production OPS_PORT=9090 MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=131072
EXPOSE 3000 9090
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["/nodejs/bin/node", "/app/src/deploy/healthcheck.js"]
# No npm and no shell in between: SIGTERM reaches Node. Another script of src/cli may stand in place of the command.
ENTRYPOINT ["/nodejs/bin/node", "--min-semi-space-size=8", "--max-semi-space-size=8", "--v8-pool-size=1", \
  "--import", "/app/src/deploy/small-heap.js", "--import", "/app/src/compile-cache.js"]
CMD ["/app/src/main.ts"]
