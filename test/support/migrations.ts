import pg from "pg";
import { vi } from "vitest";
import { selectRows } from "./process.js";
import { POLL } from "./wait-timeout.js";

/** An advisory lock that only these tests take. The migration is made to wait for it. */
const HELD = 42_000_001;

/**
 * Stops every migration of a database in the middle of its script, when it has created the table, until
 * the lock is released.
 */
export async function holdMigrations(url: string, table: string) {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined); // PostgreSQL may be killed while it waits
  await client.connect();
  await client.query("select pg_advisory_lock($1)", [HELD]);
  await client.query(`
    create function wait_for_the_test() returns event_trigger language plpgsql as $$
    begin
      if exists (select from pg_event_trigger_ddl_commands() where object_identity = 'public.${table}') then
        perform pg_advisory_xact_lock_shared(${String(HELD)});
      end if;
    end $$;
    create event trigger hold_migrations on ddl_command_end when tag in ('CREATE TABLE')
      execute function wait_for_the_test()`);
  return {
    /** Resolves with the PostgreSQL process id once a migration waits. */
    whenReached: (): Promise<number> =>
      vi.waitFor(async () => {
        const [waiting] = await selectRows<{ pid: number }>(
          url,
          `select pid from pg_locks where locktype = 'advisory' and not granted and objid = ${String(HELD)}`,
        );
        if (waiting === undefined) throw new Error("No migration has come to the table yet.");
        return waiting.pid;
      }, POLL),
    letGo: () => client.end(),
  };
}
