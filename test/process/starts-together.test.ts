import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { PostgresCluster } from "../../src/embedded-postgres/postgres-cluster.js";
import { holdMigrations } from "../support/migrations.js";
import { DataFolder, ServerProcess, selectRows } from "../support/process.js";

const SERVERS = 3;

it("servers that start together on an empty database migrate it once, even if PostgreSQL is killed", async () => {
  const folder = await DataFolder.create();
  onTestFinished(() => folder.remove());
  const cluster = new PostgresCluster(folder.path, []);
  await cluster.open();
  const env = { DATABASE_URL: cluster.url, DATA_DIR: join(dirname(folder.path), "none") };
  const startAll = () => Array.from({ length: SERVERS }, () => folder.launch("main", env));

  const held = await holdMigrations(cluster.url, "payment_charges");
  const first = startAll();
  await held.whenReached();
  process.kill((await folder.findPostmaster())!, "SIGKILL");
  for (const program of first) expect(await program.ended(), program.output).toBe(1);
  await cluster.ensureRunning();
  await held.letGo().catch(() => undefined);

  const servers = await Promise.all(startAll().map((program) => ServerProcess.whenReady(program)));
  const lines = servers.map(
    ({ program }) => program.stdout.match(/migration applied/g)?.length ?? 0,
  );
  const records = await selectRows(
    cluster.url,
    "select from _prisma_migrations where finished_at is not null",
  );
  // Exactly one server has applied the migrations that the killed ones had not.
  expect(lines.filter((count) => count > 0)).toHaveLength(1);
  expect(records.length).toBeGreaterThanOrEqual(Math.max(...lines));
  const doubles = "select migration_name from _prisma_migrations group by 1 having count(*) > 1";
  expect(await selectRows(cluster.url, doubles)).toEqual([]);
});
