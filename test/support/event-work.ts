import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import pg from "pg";
import { unreachable } from "../../src/shared/assert.js";
import { newId } from "../../src/shared/uuid.js";
import { directUrlOf } from "./database.js";
import {
  CREATE_AUTHORIZATION,
  CREATE_CHARGE,
  CREATE_CUSTOMER,
  CREATE_REFUND,
  type PaymentOutcome,
  UPDATE_CHARGE,
  UPDATE_CUSTOMER,
} from "./payments.js";
import { charge, newPhoneNumber, sendCharges } from "./pockets.js";
import type { TestMerchant, TestServer } from "./server.js";
import { type Spending, sendItems } from "./spending.js";

/** The time in which the random work begins, in milliseconds. */
const WORK_MS = 400;

/** Lets a row decide how its transaction ends, by its note, description or name. */
const FATES = `
  create function meet_fate() returns trigger language plpgsql as $$
  declare
    fate text := coalesce(to_jsonb(new) ->> 'note', to_jsonb(new) ->> 'description', to_jsonb(new) ->> 'name', '');
  begin
    if fate like 'slow %' then perform pg_sleep(substr(fate, 6)::numeric / 1000); end if;
    if fate = 'failing' then raise 'a transaction that fails at its commit'; end if;
    return null;
  end $$;
  ${["pocket_ledger", "payment_charges", "customers"]
    .map(
      (table) => `create constraint trigger fate after insert or update on ${table}
        deferrable initially deferred for each row execute function meet_fate();`,
    )
    .join("\n")}`;

/** The application name of connections that are not killed. */
const DISTURBANCE = "disturbance";

const pocket = fc.nat(3);
const pockets = fc.array(pocket, { minLength: 1, maxLength: 5 });
const scope = fc.constantFrom("NONE", "CREDITS", "DEBITS");
const work = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant("charge" as const), pockets }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("spend" as const), pocket }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("freeze" as const), pocket, scope }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("pay" as const) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("capture" as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("customer" as const) }) },
);

const action = fc.record({
  server: fc.nat(1),
  merchant: fc.nat(1),
  atMs: fc.nat(WORK_MS),
  fate: fc.oneof(
    { weight: 6, arbitrary: fc.constant(null) },
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 80 }).map((ms) => `slow ${String(ms)}`) },
    { weight: 2, arbitrary: fc.constant("failing") },
  ),
  work,
});

const disturbance = fc.record({
  type: fc.constantFrom("kill", "kill", "hold an id", "lock a pocket"),
  atMs: fc.nat(WORK_MS),
  forMs: fc.nat(150),
});

type Work = typeof work extends fc.Arbitrary<infer W> ? W : never;
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;
type Disturbance = typeof disturbance extends fc.Arbitrary<infer D> ? D : never;

/**
 * Changes of pockets and payments through two servers: some transactions fail at their commit, some take long, some are
 * killed, and some wait for locks of others.
 */
export const eventWork = fc.record({
  actions: fc.array(action, { minLength: 8, maxLength: 30 }),
  disturbances: fc.array(disturbance, { maxLength: 6 }),
});
export type EventWork = typeof eventWork extends fc.Arbitrary<infer W> ? W : never;

/** What the work changes: two merchants with one group. */
export interface Scene {
  readonly servers: readonly [TestServer, TestServer];
  readonly merchants: readonly [TestMerchant, TestMerchant];
  readonly slug: string;
  readonly phoneNumbers: readonly string[];
}

/** Must be called once before the work. */
export async function installFates({ database }: TestServer): Promise<void> {
  await database.pool.query(FATES);
}

export async function newScene(servers: Scene["servers"]): Promise<Scene> {
  const [server] = servers;
  const merchants = [await server.createMerchant(), await server.createMerchant()] as const;
  const slug = await server.createGroup({}, ...merchants);
  return { servers, merchants, slug, phoneNumbers: Array.from({ length: 4 }, newPhoneNumber) };
}

/** @returns what has happened, such as `a killed transaction`. */
export async function perform(
  { actions, disturbances }: EventWork,
  scene: Scene,
): Promise<string[]> {
  const happened = await Promise.all([
    ...actions.map((one) => act(one, scene)),
    ...disturbances.map((one) => disturb(one, scene)),
  ]);
  return happened.flat();
}

/** Sends requests one after the other, until one fails. */
async function act(
  { atMs, server, merchant, fate, work }: Action,
  scene: Scene,
): Promise<string[]> {
  await sleep(atMs);
  const { token } = scene.merchants[merchant]!;
  const isDone = await requestsOf(work, { server: scene.servers[server]!, token, fate, scene });
  return isDone ? [] : ["a failed request"];
}

interface Sender {
  readonly server: TestServer;
  readonly token: string;
  readonly fate: string | null;
  readonly scene: Scene;
}

/** @returns whether all requests were answered. */
async function requestsOf(work: Work, sender: Sender): Promise<boolean> {
  const { fate: note, scene } = sender;
  const phoneOf = (index: number): string => scene.phoneNumbers[index]!;
  switch (work.type) {
    case "charge":
      return chargeAll(
        sender,
        work.pockets.map((index) => charge({ phoneNumber: phoneOf(index), note })),
      );
    case "spend": {
      const phoneNumber = phoneOf(work.pocket);
      const [captured, released] = [newId(), newId()];
      const hold = { phoneNumber, amount: 5 };
      return (
        (await chargeAll(sender, [charge({ phoneNumber, amount: 100 })])) &&
        (await spend(sender, "holdPockets", [
          { ...hold, token: captured },
          { ...hold, token: released, note },
        ])) &&
        (await spend(sender, "captureHolds", [{ token: newId(), holdToken: captured }])) &&
        (await spend(sender, "releaseHolds", [released])) &&
        (await spend(sender, "debitPockets", [{ token: newId(), phoneNumber, amount: 2, note }]))
      );
    }
    case "freeze": {
      const { slug } = scene;
      const variables = { slug, number: phoneOf(work.pocket), freeze: work.scope };
      const { errors } = await sender.server.send(sender.token, FREEZE, variables);
      return errors === undefined;
    }
    case "pay": {
      const id = await write(sender, CREATE_CHARGE, { input: { amountInCents: 50 } });
      const input = { description: note, status: "SUCCEEDED" };
      if ((await write(sender, UPDATE_CHARGE, { id, input })) === null) return false;
      const refund = { paymentChargeId: id, amountInCents: 10, provider: "NONE" };
      return (await write(sender, CREATE_REFUND, { input: refund })) !== null;
    }
    case "capture": {
      const held = { mode: "TERMINAL", status: "SUCCEEDED", amountInCents: 50 };
      const authorizationId = await write(sender, CREATE_AUTHORIZATION, { input: held });
      const capture = { mode: "CAPTURE", amountInCents: 50, status: "SUCCEEDED" };
      const input = { ...capture, paymentAuthorizationId: authorizationId, description: note };
      return (await write(sender, CREATE_CHARGE, { input })) !== null;
    }
    case "customer": {
      const id = await write(sender, CREATE_CUSTOMER, { input: { name: "Ada" } });
      const input = { name: note ?? "Grace" };
      return (await write(sender, UPDATE_CUSTOMER, { id, input })) !== null;
    }
    default:
      return unreachable(work);
  }
}

const FREEZE = `mutation ($slug: String!, $number: String!, $freeze: PocketFreeze!) {
  updatePocket(pocketGroupSlug: $slug, phoneNumber: $number, input: { freeze: $freeze }) { pocket { id } }
}`;

async function chargeAll(
  { server, token, scene }: Sender,
  charges: readonly unknown[],
): Promise<boolean> {
  return (await sendCharges(server, token, scene.slug, charges)).errors === undefined;
}

async function spend(
  { server, token, scene }: Sender,
  mutation: Spending,
  items: readonly unknown[],
): Promise<boolean> {
  return (await sendItems(server, token, mutation, scene.slug, items)).errors === undefined;
}

/** Creates or updates a record. @returns its id; null if the request failed. */
async function write(
  { server, token }: Sender,
  document: string,
  variables: Record<string, unknown>,
): Promise<string | null> {
  interface Data {
    outcome: PaymentOutcome<{ id: string }>;
  }
  const { data } = await server.send<Data | null>(token, document, variables);
  return data?.outcome.record?.id ?? null;
}

async function disturb({ type, atMs, forMs }: Disturbance, scene: Scene): Promise<string[]> {
  await sleep(atMs);
  const connectionString = directUrlOf(scene.servers[0].database);
  const client = new pg.Client({ connectionString, application_name: DISTURBANCE });
  await client.connect();
  try {
    if (type === "kill") return await killWriter(client);
    await client.query("begin");
    if (type === "hold an id") await client.query("select event_position()");
    else await client.query(LOCK, [scene.phoneNumbers[0]]);
    await sleep(forMs);
    await client.query("rollback");
    return [];
  } finally {
    await client.end();
  }
}

const LOCK = "select from pockets where phone_number = $1 for update";

/** Ends the connection of a transaction that has written. */
async function killWriter(client: pg.Client): Promise<string[]> {
  const { rowCount } = await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and backend_xid is not null and application_name <> $1
     limit 1`,
    [DISTURBANCE],
  );
  return rowCount === 0 ? [] : ["a killed transaction"];
}
