# One image for every part of the product; the compose file says which command runs in which container.
ARG NODE_VERSION=20

FROM node:${NODE_VERSION}-bookworm-slim AS build
WORKDIR /app
# The packages change less often than the code: their layer is kept.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN node scripts/patch-postgres.mjs && npx prisma generate && npm run build:web && npm prune --omit=dev --no-audit --no-fund

FROM node:${NODE_VERSION}-bookworm-slim AS runtime
ENV NODE_ENV=production \
    TZ=UTC \
    DATA_DIR=/var/lib/traektoria
WORKDIR /app
# The code belongs to root and is only read; the documents are the one folder that the product writes to.
COPY --from=build /app ./
RUN mkdir -p "${DATA_DIR}" && chown node:node "${DATA_DIR}"
VOLUME ["/var/lib/traektoria"]
USER node
EXPOSE 3000
# The parts are programs themselves rather than children of npm, so that a stop signal reaches them.
ENTRYPOINT ["node", "--max-semi-space-size=32", "--import", "tsx", "--import", "/app/platform/stack/threads.mjs"]
CMD ["api/main.ts"]
