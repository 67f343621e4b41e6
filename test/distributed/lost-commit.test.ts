import pg from "pg";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { expectLedgerToBalance } from "../support/ledger.js";
import { databaseUrl } from "../support/global-setup.js";
import { charge, chargePockets } from "../support/pockets.js";
import { type TestMerchant, TestServer } from "../support/server.js";

let server: TestServer;
let merchant: TestMerchant;
let slug: string;
let worker: pg.Client;

beforeAll(async () => {
  server = await TestServer.start();
  merchant = await server.createMerchant();
  slug = await server.createGroup({}, merchant);
  const { rows } = await server.database.pool.query<{ table: string; port: string }>(
    `select shard_name(s.shardid_table, s.shardid) as table, s.nodeport::text as port
     from (select 'pocket_ledger'::regclass as shardid_table, shardid, nodeport
           from pg_dist_shard_placement
           where shardid = (select get_shard_id_for_distribution_column('pocket_ledger', id)
                            from pocket_groups where slug = $1)) s`,
    [slug],
  );
  const [{ table, port } = { table: "", port: "" }] = rows;
  const node = inject("citusNodes").find((url) => new URL(url).port === port) ?? "";
  const name = new URL(server.database.url).pathname.slice(1);
  worker = new pg.Client({ connectionString: databaseUrl(node, name) });
  await worker.connect();
  // The worker's backend terminates itself in its first commit, which is rolled back.
  await worker.query(`
    set citus.enable_ddl_propagation = off;
    set citus.enable_manual_changes_to_shards = on;
    create sequence commits;
    create function end_in_first_commit() returns trigger language plpgsql as $$
      begin
        if nextval('commits') = 1 then perform pg_terminate_backend(pg_backend_pid()); end if;
        return null;
      end $$;
    create constraint trigger end_in_first_commit after insert on ${table}
      deferrable initially deferred for each row execute function end_in_first_commit();`);
});

afterAll(async () => {
  await worker.end();
  await server.stop();
});

it("retries a charge whose worker was lost in its commit, exactly once", async () => {
  const item = charge();
  const [result] = await chargePockets(server, merchant.token, slug, [item]);
  expect(result?.status).toBe("SUCCESS");
  const { rows } = await worker.query<{ last: string }>("select last_value as last from commits");
  expect(Number(rows[0]?.last)).toBe(2);
  const { rows: charges } = await server.database.pool.query(
    "select from pocket_ledger where token = $1",
    [item.token],
  );
  expect(charges).toHaveLength(1);
  await expectLedgerToBalance(server.database);
});
