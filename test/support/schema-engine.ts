import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import {
  type SqlMigrationAwareDriverAdapterFactory,
  bindMigrationAwareSqlAdapterFactory,
} from "@prisma/driver-adapter-utils";
import type * as SchemaEngineModule from "@prisma/schema-engine-wasm/schema_engine_bg";
import pg from "pg";
import { connectionTo } from "../../src/database/database.js";

/** Runs work with Prisma's schema engine on a database. Closes the pool, because the engine never does. */
export async function withSchemaEngine<T>(
  databaseUrl: string,
  work: (engine: SchemaEngineModule.SchemaEngine) => Promise<T>,
): Promise<T> {
  const pool = new pg.Pool({ ...connectionTo(databaseUrl), max: 2 });
  pool.on("error", () => undefined); // the query that uses the connection fails
  pool.on("connect", (client) => client.on("error", () => undefined));
  const adapter: SqlMigrationAwareDriverAdapterFactory = new PrismaPg(pool);
  try {
    const { SchemaEngine } = await (schemaEngine ??= loadSchemaEngine());
    const engine = await SchemaEngine.new(
      { datamodels: undefined },
      () => undefined,
      bindMigrationAwareSqlAdapterFactory(adapter),
    );
    return await work(engine);
  } finally {
    await pool.end();
  }
}

/** Loaded once, because a second instance would use the memory of the first. */
let schemaEngine: Promise<typeof SchemaEngineModule> | undefined;

/**
 * Instantiates the .wasm file, because the package's entry point imports it as a module, which Node 20
 * does not support.
 */
async function loadSchemaEngine(): Promise<typeof SchemaEngineModule> {
  const bindings = createRequire(import.meta.url).resolve(
    "@prisma/schema-engine-wasm/schema_engine_bg",
  );
  const engine =
    (await import("@prisma/schema-engine-wasm/schema_engine_bg")) as typeof SchemaEngineModule & {
      __wbg_set_wasm(exports: WebAssembly.Exports): void;
    };
  const wasm = await readFile(join(dirname(bindings), "schema_engine_bg.wasm"));
  const { instance } = await WebAssembly.instantiate(wasm, {
    "./schema_engine_bg.js": { ...engine },
  });
  engine.__wbg_set_wasm(instance.exports);
  (instance.exports["__wbindgen_start"] as () => void)();
  return engine;
}
