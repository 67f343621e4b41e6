import { defineConfig } from "prisma/config";

// `prisma generate` requires a schema engine but never runs it. Setting it to any program avoids the download, which
// fails in closed networks. Do not set it for `migrate`, which would then do nothing.
if (process.argv.includes("generate")) {
  process.env["PRISMA_SCHEMA_ENGINE_BINARY"] ??= process.execPath;
}

const databaseUrl = process.env["DATABASE_URL"];

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  // Studio and the commands of `prisma migrate` need a database.
  ...(databaseUrl ? { datasource: { url: databaseUrl } } : {}),
});
