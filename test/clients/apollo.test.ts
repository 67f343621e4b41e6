import type { ResultOf } from "gql.tada";
import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createApolloClient } from "../../examples/web/apollo.js";
import type { ClientOptions } from "../../examples/web/options.js";
import { BadLine, type Fault } from "../support/bad-line.js";
import {
  OPERATIONS,
  cacheTypes,
  cacheable,
  chargeInput,
  createShop,
  expectNoWarnings,
  requestOf,
  twoCharges,
} from "../support/client-packages.js";
import { TestServer } from "../support/server.js";
import { type Tenant, createTenant } from "../support/tenant.js";
import { POLL } from "../support/wait-timeout.js";
import { CHARGE, COUNT, CREATE, LIST, POCKET, START, SUM } from "./documents.js";

let server: TestServer;
let line: BadLine;
let tenant: Tenant;
let types: ClientOptions["types"];

beforeAll(async () => {
  server = await TestServer.start();
  line = await BadLine.to(server.url);
  tenant = await createTenant(server, "Tenant");
  types = await cacheTypes();
});
afterAll(async () => {
  await line.close();
  await server.stop();
});
expectNoWarnings();

function createClient(token: string, options: Partial<ClientOptions> = {}): ApolloClient {
  return createApolloClient({ url: server.url, token, types, ...options });
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Watches the list of payment charges. */
async function watchList(client: ApolloClient) {
  const list = client.watchQuery({ query: LIST });
  list.subscribe({});
  await vi.waitFor(() => {
    expect(list.getCurrentResult().dataState).toBe("complete");
  }, POLL);
  const read = () =>
    list.getCurrentResult().data?.paymentCharges as ResultOf<typeof LIST>["paymentCharges"];
  return { list, read };
}

describe("Apollo Client", () => {
  it("reads with its defaults", async () => {
    const { token } = await createShop(server);
    const link = new HttpLink({ uri: server.url, headers: { authorization: `Token ${token}` } });
    const client = new ApolloClient({ cache: new InMemoryCache(), link });
    const { data } = await client.query({ query: LIST });
    expect(data?.paymentCharges.totalCount).toBe(5);
  });

  it("reads a list to its end with relayStylePagination, each filter separately", async () => {
    const { token } = await createShop(server);
    const client = createClient(token);
    const { list, read } = await watchList(client);
    while (read().pageInfo.hasNextPage) {
      const { edges, pageInfo } = read();
      await list.fetchMore({ variables: { after: pageInfo.endCursor } });
      await expect.poll(() => read().edges.length, POLL).toBeGreaterThan(edges.length);
    }
    const filter = { totalInCents: { gt: 3 } };
    const { data } = await client.query({ query: LIST, variables: { filter } });
    expect(data?.paymentCharges.edges.map(({ node }) => node.totalInCents)).toEqual([4, 5]);
    expect(read().edges.map(({ node }) => node.totalInCents)).toEqual([1, 2, 3, 4, 5]);
    expect(read().totalCount).toBe(5);
  });

  it("shows a changed record in its list, a new one after refetching, and a pocket's balance", async () => {
    const { token, slug } = await createShop(server);
    const client = createClient(token);
    const { read } = await watchList(client);
    const { id } = read().edges[1]!.node;
    await client.mutate({ mutation: START, variables: { id } });
    await expect.poll(() => read().edges[1]!.node.status, POLL).toBe("STARTED");

    const input = { amountInCents: 0, depositInCents: 1 };
    await client.mutate({ mutation: CREATE, variables: { input }, refetchQueries: [LIST] });
    await expect.poll(() => read().totalCount, POLL).toBe(6);

    const { phoneNumber, first, second } = twoCharges(slug, 300);
    const variables = { pocketGroupSlug: slug, phoneNumber };
    const pocket = async () =>
      (await client.query({ query: POCKET, variables })).data?.pocket?.balance;
    await client.mutate({ mutation: CHARGE, variables: { input: first } });
    expect(await pocket()).toBe(300);
    await client.mutate({ mutation: CHARGE, variables: { input: second } });
    expect(await pocket()).toBe(600);
  });

  it("keeps two queries complete that select different parts of one aggregate", async () => {
    const { token } = await createShop(server);
    const client = createClient(token);
    const queries = [client.watchQuery({ query: COUNT }), client.watchQuery({ query: SUM })];
    for (const query of queries) {
      query.subscribe({});
      await vi.waitFor(() => {
        expect(query.getCurrentResult().dataState).toBe("complete");
      }, POLL);
    }
    expect(queries.map((query) => query.getCurrentResult().dataState)).toEqual([
      "complete",
      "complete",
    ]);
  });

  it("receives the code of an error, and the code and path of a refused value", async () => {
    const onError = vi.fn();
    const { token } = await server.createMerchant();
    const error = await failureOf(createClient("pct_wrong", { onError }).query({ query: LIST }));
    expect(CombinedGraphQLErrors.is(error)).toBe(true);
    expect(onError.mock.calls).toEqual([["UNAUTHENTICATED"]]);

    const variables = { input: { amountInCents: -1 } };
    const { data } = await createClient(token).mutate({ mutation: CREATE, variables });
    expect(data?.createPaymentCharge.userErrors).toEqual([
      expect.objectContaining({ code: "OUT_OF_RANGE", field: ["amountInCents"] }),
    ]);
  });

  it.each<{ faults: Fault[]; code: string | null }>([
    { faults: ["lost answer"], code: "DUPLICATE_TOKEN" },
    { faults: ["half an answer"], code: "DUPLICATE_TOKEN" },
    { faults: ["502"], code: "DUPLICATE_TOKEN" },
    { faults: ["429", "503", "lost request"], code: null },
  ])("charges exactly once by RetryLink after $faults", async ({ faults, code }) => {
    const { token, slug } = await createShop(server);
    const onError = vi.fn();
    const client = createClient(token, { url: line.url, onError });
    line.faults = [...faults];
    const variables = { input: chargeInput(slug, 700) };
    const { data } = await client.mutate({ mutation: CHARGE, variables });
    expect(data?.chargePockets.results).toEqual([
      expect.objectContaining({
        code,
        pocketCharge: expect.objectContaining({ balanceAfter: 700 }) as unknown,
      }),
    ]);
    expect(onError).not.toHaveBeenCalled();
  });

  it("does not repeat a creation without an idempotency key, and repeats one with a key", async () => {
    const { token } = await createShop(server);
    const client = createClient(token, { url: line.url });
    const create = (input: object) =>
      client.mutate({ mutation: CREATE, variables: { input: { amountInCents: 6, ...input } } });
    line.faults = ["lost answer"];
    expect(await failureOf(create({}))).toBeInstanceOf(TypeError);
    line.faults = ["lost answer"];
    await create({ idempotencyKey: crypto.randomUUID() });
    const { data } = await client.query({ query: LIST });
    expect(data?.paymentCharges.totalCount).toBe(7);
  });

  it.each(OPERATIONS)("caches $kind $name completely and without a warning", async (operation) => {
    const { token, document, variables } = requestOf(operation, tenant, server);
    const client = createClient(token);
    if (operation.kind === "mutation") {
      await client.mutate({ mutation: gql(document), variables });
    } else {
      const { data } = await client.query({ query: gql(document), variables });
      expect(data).toEqual(cacheable(await server.ask(token, document, variables)));
    }
  });
});
