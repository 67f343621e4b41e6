# The build needs only Node.js and npm packages. The image contains neither the embedded PostgreSQL nor
# development dependencies; DATABASE_URL selects the database.
FROM node:24-trixie-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev
COPY tsconfig.json tsconfig.build.json prisma.config.ts rolldown.config.js ./
COPY prisma prisma
COPY src src
COPY schema.graphql ./
COPY console console
RUN npx prisma generate --no-hints \
    && node node_modules/typescript-native/bin/tsc -p tsconfig.build.json \
    && npx rolldown -c --sourcemap false \
    && npx vite build console --logLevel warn

FROM node:24-trixie-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The optional dependencies are PostgreSQL's programs, one package per platform.
RUN npm ci --omit=dev --omit=optional

FROM node:24-trixie-slim
LABEL org.opencontainers.image.title="Pocketcharge" \
      org.opencontainers.image.description="A GraphQL payment server for prepaid pockets and payment charges." \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="UNLICENSED"
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=4000
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist/programs dist/programs
COPY --from=build /app/console/dist console/dist
COPY prisma/migrations prisma/migrations
COPY public public
COPY docs docs
COPY bin bin
COPY package.json ./
RUN ln -s /app/bin/pocketcharge.mjs /usr/local/bin/pocketcharge
# A numeric user lets Kubernetes verify that it is not root. The files above belong to root and are not
# writable.
USER 1000:1000
EXPOSE 4000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/bin/pocketcharge.mjs"]
CMD ["serve"]
