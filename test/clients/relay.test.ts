import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import {
  ConnectionHandler,
  type Environment,
  type GraphQLTaggedNode,
  type ReaderFragment,
  type Variables,
  commitMutation,
  createOperationDescriptor,
  fetchQuery,
  getRequest,
  getSingularSelector,
} from "relay-runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../src/shared/uuid.js";
import { blocksOf } from "../support/doc-examples.js";
import { accepted, createCharge, createCustomer } from "../support/payments.js";
import { TestServer, type TestMerchant } from "../support/server.js";

const DOCUMENT = "docs/clients/relay.md";
const CONNECTION = "CustomerCharges_paymentCharges";

let folder: string;
let server: TestServer;
let merchant: TestMerchant;
let environment: Environment;
let createEnvironment: (url: string, token: string) => Environment;

/** The project of the documentation, compiled. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "relay-"));
  await symlink(resolve("node_modules"), join(folder, "node_modules"));
  await copyFile("schema.graphql", join(folder, "schema.graphql"));
  await mkdir(join(folder, "src/__generated__"), { recursive: true });
  for (const { lead, text } of blocksOf(DOCUMENT)) {
    const [, path = ""] = /^`([\w./]+)`:$/.exec(lead) ?? [];
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const compiler = resolve("node_modules/relay-compiler/cli.js");
  await promisify(execFile)(process.execPath, [compiler, "relay.config.json"], { cwd: folder });

  ({ createEnvironment } = await load<{ createEnvironment: typeof createEnvironment }>(
    "environment",
  ));
  server = await TestServer.start();
  merchant = await server.createMerchant();
  environment = createEnvironment(server.url, merchant.token);
});

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

async function load<Module>(name: string): Promise<Module> {
  return (await import(/* @vite-ignore */ join(folder, "src", `${name}.ts`))) as Module;
}

/** A compiled query or mutation. */
async function request(name: string): Promise<GraphQLTaggedNode> {
  return artifact(name);
}

async function artifact<Artifact>(name: string): Promise<Artifact> {
  return (await load<{ default: Artifact }>(`__generated__/${name}.graphql`)).default;
}

interface Charge {
  readonly id: string;
  readonly status: string;
  readonly totalInCents: number;
  readonly payment: { readonly id: string; readonly totalInCents: number };
}

interface Customer {
  readonly paymentCharges: { readonly edges: readonly { readonly node: Charge }[] };
}

/** A customer with charges of 1, 2, … minor units, the newest first. */
async function customerWith(count: number): Promise<string> {
  const { token } = merchant;
  const customerId = (await accepted(createCustomer(server, token, { name: "Ada" }))).id;
  for (let amountInCents = count; amountInCents > 0; amountInCents--)
    await accepted(createCharge(server, token, { customerId, amountInCents }));
  return customerId;
}

/** Sends a compiled query, and keeps its response in the store. */
async function send(name: string, variables: Variables): Promise<void> {
  await fetchQuery(environment, await request(name), variables).toPromise();
}

/** The customer's charges in the store, as a component reads them. */
async function chargesInStore(id: string): Promise<readonly Charge[]> {
  const query = getRequest(await request("CustomerChargesQuery"));
  const { data } = environment.lookup(createOperationDescriptor(query, { id }).fragment);
  const { customer } = data as unknown as { readonly customer: never };
  const fragment = await artifact<ReaderFragment>("CustomerCharges_customer");
  const found = environment.lookup(getSingularSelector(fragment, customer));
  expect(found.isMissingData).toBe(false);
  const { paymentCharges } = found.data as unknown as Customer;
  return paymentCharges.edges.map(({ node }) => node);
}

async function totalsInStore(id: string): Promise<number[]> {
  return (await chargesInStore(id)).map(({ totalInCents }) => totalInCents);
}

function recordInStore(id: string): Readonly<Record<string, unknown>> | null | undefined {
  return environment.getStore().getSource().get(id) as never;
}

/** The end of the connection in the store, from which the next page continues. */
function cursorInStore(id: string): unknown {
  const connection = recordInStore(ConnectionHandler.getConnectionID(id, CONNECTION));
  const { __ref } = connection?.["pageInfo"] as { readonly __ref: string };
  return recordInStore(__ref)?.["hasNextPage"] === true
    ? recordInStore(__ref)?.["endCursor"]
    : null;
}

describe("Relay", () => {
  it("pages a nested connection to its end by the query that refetches its fragment", async () => {
    const id = await customerWith(5);
    await send("CustomerChargesQuery", { id });
    expect(await totalsInStore(id)).toEqual([1, 2]);
    for (const totals of [
      [1, 2, 3, 4],
      [1, 2, 3, 4, 5],
    ]) {
      await send("CustomerChargesPageQuery", { id, cursor: cursorInStore(id) });
      expect(await totalsInStore(id)).toEqual(totals);
    }
    expect(cursorInStore(id)).toBeNull();
  });

  it("keeps a charge and its payment as two records", async () => {
    const id = await customerWith(1);
    await send("CustomerChargesQuery", { id });
    const [charge] = await chargesInStore(id);
    expect(recordInStore(charge!.id)).toMatchObject({ __typename: "PaymentCharge" });
    expect(recordInStore(charge!.payment.id)).toMatchObject({ __typename: "Payment" });
  });

  it("appends a created record to a connection in the store", async () => {
    const id = await customerWith(1);
    await send("CustomerChargesQuery", { id });
    const create = async (input: object): Promise<unknown> => {
      const mutation = await request("CreateChargeMutation");
      const connections = [ConnectionHandler.getConnectionID(id, CONNECTION)];
      return new Promise((resolved, rejected) => {
        commitMutation(environment, {
          mutation,
          variables: { input: { customerId: id, ...input }, connections },
          onCompleted: resolved,
          onError: rejected,
        });
      });
    };
    const input = { amountInCents: 7, idempotencyKey: newId() };
    await create(input);
    expect(await totalsInStore(id)).toEqual([1, 7]);
    await create(input);
    expect(await totalsInStore(id)).toEqual([1, 7]);
    expect(await create({ amountInCents: -1 })).toMatchObject({
      createPaymentCharge: { paymentCharge: null, userErrors: [{ field: ["amountInCents"] }] },
    });
    expect(await totalsInStore(id)).toEqual([1, 7]);
  });

  it("receives the code of an error", async () => {
    const id = await customerWith(1);
    environment = createEnvironment(
      server.url,
      await server.createToken({
        merchantId: merchant.id,
        scopes: ["POCKETS_READ"],
      }),
    );
    await expect(send("CustomerChargesQuery", { id })).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  it("has TypeScript types with the mapped scalars", async () => {
    const path = join(folder, "src/__generated__/CustomerCharges_customer.graphql.ts");
    expect(await readFile(path, "utf8")).toContain("readonly totalInCents: number;");
  });
});
