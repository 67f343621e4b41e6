import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { extract } from "../../src/embedded-postgres/backup/archive-reader.js";
import { DATA_FOLDER_PARTS } from "../../src/embedded-postgres/backup/data-folder.js";
import { restoreBackup } from "../../src/embedded-postgres/backup/restore-backup.js";
import { PostgresCluster } from "../../src/embedded-postgres/postgres-cluster.js";
import { markRestore } from "../../src/embedded-postgres/restore-mark.js";
import { charge, newPhoneNumber } from "../support/pockets.js";
import { DataFolder, type ServerProcess, selectRows } from "../support/process.js";
import { POLL } from "../support/wait-timeout.js";

const CLIENTS = 4;
const ENOUGH = 20;

let source: DataFolder;
let server: ServerProcess;
/** A backup that was made during charges, and the tokens whose charges succeeded before it. */
let backup: string;
let answeredBefore: string[];
let answeredDuring: number;

beforeAll(async () => {
  source = await DataFolder.afterFirstStart();
  server = await source.startServer();
  const load = startLoad();
  await vi.waitFor(() => {
    expect(load.answered.length).toBeGreaterThan(ENOUGH);
  }, POLL);
  answeredBefore = [...load.answered];
  const folder = join(dirname(source.path), "backups");
  await mkdir(folder);
  await source.run("commands/backup", {}, ["--to", folder]);
  answeredDuring = (await load.stop()) - answeredBefore.length;
  backup = join(folder, (await readdir(folder))[0]!);
});

afterAll(() => source.remove());

/** Clients that each send charges sequentially. Every charge must succeed. */
function startLoad() {
  const answered: string[] = [];
  let isStopping = false;
  const run = async (): Promise<void> => {
    while (!isStopping) {
      const sent = charge({ phoneNumber: newPhoneNumber() });
      expect(await server.charge(sent)).toMatchObject({ status: "SUCCESS" });
      answered.push(sent.token);
    }
  };
  const running = Promise.all(Array.from({ length: CLIENTS }, run));
  return {
    answered,
    stop: async () => {
      isStopping = true;
      await running;
      return answered.length;
    },
  };
}

describe("npm run backup", () => {
  it("writes one file, readable only by its owner, while a server is charging", async () => {
    expect(answeredDuring).toBeGreaterThan(0);
    expect(await readdir(dirname(backup))).toHaveLength(1);
    expect((await stat(backup)).mode & 0o777).toBe(0o600);
  });

  it("leaves no apparent backup when it is killed, and nothing in PostgreSQL", async () => {
    const folder = join(dirname(source.path), "killed");
    await mkdir(folder);
    const program = source.launch("commands/backup", {}, false, ["--to", folder]);
    await vi.waitFor(async () => {
      expect(await readdir(folder)).toHaveLength(1);
    }, POLL);
    await program.kill();
    expect(program.exitCode).toBeNull();
    expect((await readdir(folder)).filter((name) => !name.endsWith(".unfinished"))).toEqual([]);
    const [left = ""] = await readdir(folder);
    await expect(extract(join(folder, left), join(folder, "out"))).rejects.toThrow(
      /not a complete backup/,
    );
    await vi.waitFor(async () => {
      const slots = "select slot_name from pg_replication_slots";
      expect(await selectRows(await source.databaseUrl(), slots)).toEqual([]);
    }, POLL);
  });

  it("refuses an external database, and overwrites nothing", async () => {
    const external = source.launch("commands/backup", {
      DATABASE_URL: "postgresql://nobody@127.0.0.1:1/nothing",
    });
    const taken = source.launch("commands/backup", {}, false, ["--to", backup]);
    expect(await external.ended()).toBe(1);
    expect(external.stderr).toContain("Back it up with PostgreSQL's own tools");
    expect(await taken.ended()).toBe(1);
    expect(taken.stderr).toContain("already exists");
  });
});

describe("npm run restore", () => {
  it("restores every charge that succeeded before the backup, a consistent ledger and the keys, and can be backed up again", async () => {
    const target = await DataFolder.forTest();
    const printed = await target.run("commands/restore", {}, [backup]);
    expect(printed).toContain("The ledger is consistent: no findings");
    expect(printed).not.toContain("WARNING");
    expect((await readdir(target.path)).sort()).toEqual([...DATA_FOLDER_PARTS].sort());
    for (const part of ["demo-token", ...(await keyFiles(source))]) {
      const kept = await readFile(join(target.path, part));
      expect(kept.equals(await readFile(join(source.path, part))), part).toBe(true);
    }
    // Back up the restored database, this time without a running server.
    await target.run("commands/backup");
    const [name = ""] = await readdir(join(target.path, "backups"));
    expect(name).toMatch(/^pocketcharge-\d{8}T\d{6}Z\.tar\.gz$/);
    expect(target.hasPostmasterFile).toBe(false);

    // PostgreSQL has replayed its log from the start of the backup.
    expect(existsSync(join(target.path, "postgres", "backup_label.old"))).toBe(true);
    const cluster = new PostgresCluster(target.path, ["fsync=off"]);
    await cluster.open();
    const rows = await selectRows<{ token: string }>(
      cluster.url,
      "select token from pocket_ledger",
    );
    const restored = new Set(rows.map(({ token }) => token));
    // The next events come after every cursor that a client of the lost database can have.
    const offsets = await selectRows<{ offset: string }>(
      cluster.url,
      'select event_offset()::text as "offset"',
    );
    expect(Number(offsets[0]?.offset)).toBeGreaterThanOrEqual(1e12);
    expect(answeredBefore.filter((token) => !restored.has(token))).toEqual([]);
  });

  it("refuses a folder on which a server is running, even with --replace", async () => {
    const before = await readdir(source.path);
    const program = source.launch("commands/restore", {}, false, [backup, "--replace"]);
    expect(await program.ended()).toBe(2);
    expect(program.stderr).toContain(`PostgreSQL is running on the data folder ${source.path}`);
    expect(await readdir(source.path)).toEqual(before);
  });

  it("keeps an existing database unless it may be moved aside, and until the restored one is verified", async () => {
    const { path } = await DataFolder.forTest();
    await mkdir(join(path, "postgres"), { recursive: true });
    await writeFile(join(path, "postgres", "mine"), "");
    const refused = restoreBackup({
      ...{ file: backup, dataDir: path, replaces: false, parts: DATA_FOLDER_PARTS },
      prove: () => Promise.resolve(),
    });
    await expect(refused).rejects.toThrow(/already has a database. Nothing was restored/);
    const aside = await restoreBackup({
      ...{ file: backup, dataDir: path, replaces: true, parts: DATA_FOLDER_PARTS },
      prove: async () => {
        expect(await readdir(join(path, "postgres"))).toEqual(["mine"]);
      },
    });
    expect(await readdir(join(aside!, "postgres"))).toEqual(["mine"]);
    expect(existsSync(join(path, "postgres", "PG_VERSION"))).toBe(true);
  });

  it("interrupted at its last step keeps a server from starting on an empty folder", async () => {
    const { path } = await DataFolder.forTest();
    await mkdir(path);
    await markRestore(path, join(path, "replaced-then"));
    await expect(new PostgresCluster(path, []).open()).rejects.toThrow(
      `move the contents of ${join(path, "replaced-then")} into the data folder`,
    );
    expect(await readdir(path)).toEqual(["restore-unfinished"]);
  });
});

async function keyFiles(folder: DataFolder): Promise<string[]> {
  const names = await readdir(join(folder.path, "provider-secret-keys"));
  expect(names).not.toHaveLength(0);
  return names.map((name) => join("provider-secret-keys", name));
}
