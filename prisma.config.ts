import { defineConfig } from "prisma/config";

// `prisma generate` asks for a schema engine that it never runs. Naming any program spares its
// download, which closed networks refuse. Never for `migrate`, which would then do nothing.
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
