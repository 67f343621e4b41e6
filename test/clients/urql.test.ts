import {
  type Client,
  Client as UrqlClient,
  type CombinedError,
  type OperationResult,
  cacheExchange as documentCache,
  fetchExchange,
} from "@urql/core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { ResultOf } from "gql.tada";
import type { ClientOptions } from "../../examples/web/options.js";
import { createUrqlClient } from "../../examples/web/urql.js";
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

function createClient(token: string, options: Partial<ClientOptions> = {}): Client {
  return createUrqlClient({ url: server.url, token, types, ...options });
}

/** The data of a result without errors. */
function dataOf<Data>({ data, error }: { data?: Data; error?: CombinedError | undefined }): Data {
  expect(error).toBeUndefined();
  return data!;
}

type List = ResultOf<typeof LIST>["paymentCharges"];

/** Watches the list of payment charges. @returns a function that waits for a state of it. */
function watchList(client: Client): (isReached: (list: List) => boolean) => Promise<List> {
  let last: OperationResult<ResultOf<typeof LIST>> | undefined;
  client.query(LIST, {}).subscribe((result) => (last = result));
  return (isReached) =>
    vi.waitFor(() => {
      const list = last?.data?.paymentCharges;
      expect(list !== undefined && isReached(list)).toBe(true);
      return list!;
    }, POLL);
}

describe("urql", () => {
  it("reads with its defaults, by GET", async () => {
    const { token } = await createShop(server);
    const methods: string[] = [];
    const client = new UrqlClient({
      url: server.url,
      exchanges: [documentCache, fetchExchange],
      fetchOptions: { headers: { authorization: `Token ${token}` } },
      fetch: (input, init) => {
        methods.push(init?.method ?? "");
        return fetch(input, init);
      },
    });
    const { paymentCharges } = dataOf(await client.query(LIST, {}));
    expect(paymentCharges.totalCount).toBe(5);
    expect(methods).toEqual(["GET"]);
  });

  it("reads a list to its end with relayPagination, each filter separately", async () => {
    const { token } = await createShop(server);
    const client = createClient(token);
    let { paymentCharges: list } = dataOf(await client.query(LIST, {}));
    while (list.pageInfo.hasNextPage) {
      const { endCursor: after } = list.pageInfo;
      list = dataOf(await client.query(LIST, { after })).paymentCharges;
    }
    expect(list.edges.map(({ node }) => node.totalInCents)).toEqual([1, 2, 3, 4, 5]);
    expect(list.totalCount).toBe(5);
    const filter = { totalInCents: { gt: 3 } };
    const { paymentCharges } = dataOf(await client.query(LIST, { filter }));
    expect(paymentCharges.edges.map(({ node }) => node.totalInCents)).toEqual([4, 5]);
  });

  it("shows a changed record, a new one and a pocket's balance", async () => {
    const { token, slug } = await createShop(server);
    const client = createClient(token);
    const reaches = watchList(client);
    const { edges } = await reaches(() => true);
    dataOf(await client.mutation(START, { id: edges[1]!.node.id }));
    await reaches((list) => list.edges[1]!.node.status === "STARTED");

    dataOf(await client.mutation(CREATE, { input: { amountInCents: 0, depositInCents: 1 } }));
    await reaches((list) => list.totalCount === 6);

    const { phoneNumber, first, second } = twoCharges(slug, 300);
    const variables = { pocketGroupSlug: slug, phoneNumber };
    dataOf(await client.mutation(CHARGE, { input: first }));
    expect(dataOf(await client.query(POCKET, variables)).pocket?.balance).toBe(300);
    dataOf(await client.mutation(CHARGE, { input: second }));
    expect(dataOf(await client.query(POCKET, variables)).pocket?.balance).toBe(600);
  });

  it("keeps two queries complete that select different parts of one aggregate", async () => {
    const { token } = await createShop(server);
    const client = createClient(token);
    dataOf(await client.query(COUNT, {}));
    dataOf(await client.query(SUM, {}));
    const cached = { requestPolicy: "cache-only" } as const;
    const { paymentCharges: counted } = dataOf(await client.query(COUNT, {}, cached));
    const { paymentCharges: summed } = dataOf(await client.query(SUM, {}, cached));
    expect([counted.aggregate.count, summed.aggregate.sum.totalInCents]).toEqual([5, "15"]);
  });

  it("receives the code of an error, and the code and path of a refused value", async () => {
    const onError = vi.fn();
    const { token } = await server.createMerchant();
    const { error } = await createClient("pct_wrong", { onError }).query(LIST, {});
    expect(error?.graphQLErrors).toHaveLength(1);
    expect(onError.mock.calls).toEqual([["UNAUTHENTICATED"]]);

    const refused = await createClient(token).mutation(CREATE, { input: { amountInCents: -1 } });
    expect(dataOf(refused).createPaymentCharge.userErrors).toEqual([
      expect.objectContaining({ code: "OUT_OF_RANGE", field: ["amountInCents"] }),
    ]);
  });

  it.each<{ faults: Fault[]; code: string | null }>([
    { faults: ["lost answer"], code: "DUPLICATE_TOKEN" },
    { faults: ["half an answer"], code: "DUPLICATE_TOKEN" },
    { faults: ["502"], code: "DUPLICATE_TOKEN" },
    { faults: ["429", "503", "lost request"], code: null },
  ])("charges exactly once by retryExchange after $faults", async ({ faults, code }) => {
    const { token, slug } = await createShop(server);
    const onError = vi.fn();
    const client = createClient(token, { url: line.url, onError });
    line.faults = [...faults];
    const { chargePockets } = dataOf(
      await client.mutation(CHARGE, { input: chargeInput(slug, 700) }),
    );
    expect(chargePockets.results).toEqual([
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
    line.faults = ["lost answer"];
    const { error } = await client.mutation(CREATE, { input: { amountInCents: 6 } });
    expect(error?.networkError).toBeInstanceOf(TypeError);
    line.faults = ["lost answer"];
    const idempotencyKey = crypto.randomUUID();
    dataOf(await client.mutation(CREATE, { input: { amountInCents: 6, idempotencyKey } }));
    expect(dataOf(await client.query(LIST, {})).paymentCharges.totalCount).toBe(7);
  });

  it.each(OPERATIONS)("caches $kind $name completely and without a warning", async (operation) => {
    const { token, document, variables } = requestOf(operation, tenant, server);
    const client = createClient(token);
    if (operation.kind === "mutation") {
      dataOf(await client.mutation(document, variables));
    } else {
      const data: unknown = dataOf(await client.query(document, variables));
      expect(data).toEqual(cacheable(await server.ask(token, document, variables)));
    }
  });
});
