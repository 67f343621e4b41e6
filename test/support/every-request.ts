import {
  type GraphQLNamedType,
  getNamedType,
  isLeafType,
  isObjectType,
  isUnionType,
} from "graphql";
import { expect } from "vitest";
import { unconnectedSchema } from "../../src/app/features.js";
import { newId } from "../../src/shared/uuid.js";
import { type Operation, documentOf, isRequired, operationsOf, variablesOf } from "./operations.js";
import { charge, newPhoneNumber, sendCharges } from "./pockets.js";
import type { TestServer } from "./server.js";
import { type Tenant, valuesFor } from "./tenant.js";
import { newEndpoint } from "./webhooks.js";

const OPERATIONS = operationsOf(unconnectedSchema());

/** The requests select more than the limits of a server allow by default. */
export const NO_LIMITS = { selections: 10_000, aliases: 1_000, cost: 100_000_000 };

/** A request that a test can send repeatedly. */
export interface Request {
  readonly name: string;
  /** Whether it reads every merchant once. */
  readonly readsMerchants?: boolean;
  readonly send: (server: TestServer) => Promise<void>;
}

/** Every operation of the schema that the token may use, every way to page a list, and every path of REST. */
export function requestsOf(
  tenant: Tenant,
  token: string,
  shared: { slug: string; phoneNumber: string },
): Request[] {
  const isOperator = token !== tenant.token;
  const who = `${isOperator ? "an operator" : "a merchant"} of ${tenant.slug}`;
  const mine = OPERATIONS.filter(
    ({ name, allowedScopes = [] }) =>
      allowedScopes.some((scope) => (scope === "OPERATOR") === isOperator) &&
      !(isOperator && name === "events"),
  );
  const request = (name: string, send: Request["send"]): Request => ({
    name: `${name}, ${who}`,
    send,
  });
  const whole = mine.map((operation) =>
    request(operation.name, async (server) => {
      const selection = everythingPaged(getNamedType(operation.field.type), 2);
      const variables = variablesOf(operation, valuesFor(tenant));
      // What was deleted cannot be deleted again.
      const { id } =
        operation.name === "deleteWebhookEndpoint" ? await newEndpoint(server, token) : variables;
      const sent = id === undefined ? variables : { ...variables, id };
      await answered(server, token, documentOf(operation, selection), sent);
    }),
  );
  const lists = mine.filter(isList).map(({ name }) => name);
  const pages = request("pages of all lists", async (server) => {
    const ask = (fields: string[]) => answered(server, token, `{ ${fields.join(" ")} }`);
    const first = (await ask(lists.map((name) => `${name}(first: 5) { ${PAGE} }`))) as Record<
      string,
      { pageInfo: { endCursor: string } }
    >;
    await ask(
      lists.map((name) => {
        const cursor = JSON.stringify(first[name]!.pageInfo.endCursor);
        return `
          ${name}Numbered: ${name}(page: { number: 3, size: 5 }) { ${PAGE} }
          ${name}After: ${name}(first: 5, after: ${cursor}) { ${PAGE} }
          ${name}Before: ${name}(last: 5, before: ${cursor}) { ${PAGE} }`;
      }),
    );
  });
  const nodes = request("nodes of every type", async (server) => {
    const everything = lists.map((name) => `${name}(first: 5) { nodes { id } }`);
    const found = await answered(server, token, `{ ${everything.join(" ")} }`);
    const ids = Object.values(found as Record<string, { nodes: { id: string }[] }>).flatMap(
      (list) => list.nodes.map(({ id }) => id),
    );
    const query = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename } }";
    expect((await answered(server, token, query, { ids }))["nodes"]).not.toContain(null);
  });
  const ofAllMerchants = request("events of all merchants", async (server) => {
    await answered(server, token, `{ events(first: 5) { ${PAGE} } }`);
  });
  if (isOperator) return [...whole, pages, nodes, { ...ofAllMerchants, readsMerchants: true }];
  return [
    ...whole,
    pages,
    nodes,
    ...moneyRequests(tenant, shared, request),
    ...restRequests(tenant, request),
  ];
}

const PAGE = "nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor }";

function isList({ field }: Operation): boolean {
  return field.args.some(({ name }) => name === "after");
}

type MakeRequest = (name: string, send: Request["send"]) => Request;

/** Requests whose statements depend on more than their operation. */
function moneyRequests(
  tenant: Tenant,
  shared: { slug: string; phoneNumber: string },
  request: MakeRequest,
): Request[] {
  const { token, slug, paymentChargeId, paymentAuthorizationId } = tenant;
  const charging = (name: string, group: string, items: () => unknown[]): Request =>
    request(name, async (server) => {
      const { status, data } = await sendCharges(server, token, group, items());
      expect(status).toBe(200);
      expect(data?.chargePockets.results.length).toBeGreaterThan(0);
    });
  const create = (name: string, what: string, input: () => object): Request =>
    request(name, async (server) => {
      const document = `mutation ($input: Create${what}Input!) { answer: create${what}(input: $input) { userErrors { code field message } } }`;
      await answered(server, token, document, { input: input() });
    });
  const reading = (name: string, query: string): Request =>
    request(name, async (server) => {
      await answered(server, token, `{ answer: ${query} }`);
    });
  const key = newId();
  const spare = newPhoneNumber();
  return [
    charging("new pockets", slug, () =>
      Array.from({ length: 20 }, () => charge({ phoneNumber: newPhoneNumber() })),
    ),
    charging("one known pocket", shared.slug, () => [charge({ phoneNumber: shared.phoneNumber })]),
    charging("the same pocket again", slug, () => [
      charge({ phoneNumber: spare }),
      charge({ phoneNumber: spare }),
    ]),
    charging("a used token", slug, () => [
      charge({ token: tenant.pocketToken, phoneNumber: tenant.phoneNumber }),
    ]),
    create("a charge with a key", "PaymentCharge", () => ({
      amountInCents: 1,
      idempotencyKey: key,
      orderId: tenant.orderId,
    })),
    create("a refund", "PaymentRefund", () => ({ amountInCents: 1, paymentChargeId })),
    create("a capture, accepted or refused", "PaymentCharge", () => ({
      amountInCents: 1,
      mode: "CAPTURE",
      status: "STARTED",
      paymentAuthorizationId,
    })),
    reading(
      "a pocket by its number",
      `pockets(filter: { phoneNumber: { eq: ["${tenant.phoneNumber}"] } }) { ${PAGE} totalCount }`,
    ),
    reading(
      "charges by token",
      `pocketCharges(filter: { token: { eq: ["${tenant.pocketToken}"] } }) { ${PAGE} totalCount }`,
    ),
    reading(
      "charges of a customer",
      `customer(id: "${tenant.customerId}") { paymentCharges { ${PAGE} totalCount } }`,
    ),
    reading(
      "a payment charge by id",
      `paymentCharges(filter: { id: { eq: ["${paymentChargeId}"] } }) { ${PAGE} totalCount }`,
    ),
    reading(
      "charges of a pocket",
      `pocket(pocketGroupSlug: "${slug}", phoneNumber: "${tenant.phoneNumber}") { pocketCharges { ${PAGE} totalCount } }`,
    ),
    reading(
      "charges of a shared group",
      `pocketGroup(slug: "${shared.slug}") { pocketCharges { ${PAGE} } pockets { ${PAGE} } }`,
    ),
  ];
}

function restRequests(
  { token, slug, pocketToken, paymentChargeId }: Tenant,
  request: MakeRequest,
): Request[] {
  const paths = [
    `/pockets/${slug}/charge/${pocketToken}/`,
    "/api/boomerang/payment_charges?page[size]=5",
    `/api/boomerang/payment_charges/${paymentChargeId}?include=customer,order`,
  ];
  return paths.map((path) =>
    request(path, async (server) => {
      const response = await fetch(new URL(path, server.url), {
        headers: { authorization: `Token ${token}` },
      });
      expect(response.status, await response.text()).toBe(200);
    }),
  );
}

async function answered(
  server: TestServer,
  token: string,
  document: string,
  variables: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  // The server refuses some repeated mutations, but reads the same rows.
  const { data, errors } = await server.send<Record<string, unknown>>(token, document, variables);
  expect(errors, `${document} ${JSON.stringify(errors)}`).toBeUndefined();
  return data;
}

/** All fields of a record and the pages of its lists, except counts and sums over whole lists. */
function everythingPaged(type: GraphQLNamedType, depth: number): string {
  if (isUnionType(type)) {
    return type
      .getTypes()
      .map((one) => `... on ${one.name} { id }`)
      .join(" ");
  }
  if (!isObjectType(type)) return "__typename";
  const parts = Object.values(type.getFields()).map(({ name, type: of, args }) => {
    const named = getNamedType(of);
    if (args.some(isRequired) || WHOLE_LIST.has(name)) return "";
    if (isLeafType(named)) return name;
    if (depth === 0 && !NEAR.has(name)) return "";
    const isPaged = args.some((argument) => argument.name === "first");
    const below = everythingPaged(named, NEAR.has(name) ? depth : depth - 1);
    return `${name}${isPaged ? "(first: 3)" : ""} { ${below} }`;
  });
  return parts.join(" ") || "__typename";
}

const WHOLE_LIST = new Set(["totalCount", "aggregate", "edges", "merchants", "apiTokens"]);
/** Types that are part of a record. */
const NEAR = new Set(["nodes", "pageInfo", "userErrors"]);
