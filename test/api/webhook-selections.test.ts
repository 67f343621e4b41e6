import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unconnectedSchema } from "../../src/app/features.js";
import { EventType, wireNameOf } from "../../src/events/event-type.js";
import { StoredSelections } from "../../src/graphql/execution/stored-selections.js";
import { valuesOf } from "../../src/shared/enumeration.js";
import { DOCUMENT_LIMITS } from "../../src/shared/request-limits.js";
import { newId } from "../../src/shared/uuid.js";
import { defaultSelectionOf } from "../../src/webhooks/default-selections.js";
import { MAX_BATCH_SIZE } from "../../src/webhooks/webhook-endpoint.js";
import { scopesOf } from "../../src/webhooks/webhook-scopes.js";
import * as payments from "../support/payments.js";
import { accepted } from "../support/payments.js";
import { charge, chargePockets, newPhoneNumber } from "../support/pockets.js";
import { TestServer } from "../support/server.js";
import { spend } from "../support/spending.js";
import { createEndpoint, newEndpoint, sendTestEvent } from "../support/webhooks.js";

const selections = new StoredSelections(unconnectedSchema, {
  typeName: "Event",
  maxRows: MAX_BATCH_SIZE,
  closedNames: new Set(["providerSecret"]),
  limits: DOCUMENT_LIMITS,
});

/** The reasons why a selection is refused for an endpoint with the given types, by default all types. */
const problemsOf = (selection: string, types: readonly EventType[] = []): readonly string[] =>
  selections.problemsOf(selection, scopesOf({ types }));

const nested = (levels: number, innermost: string): string =>
  levels === 0
    ? innermost
    : `pocketGroup { pockets { nodes { ${nested(levels - 1, innermost)} } } }`;
const ofPocket = (selection: string): string => `data { ... on Pocket { ${selection} } }`;
const ofCharge = (selection: string): string => `data { ... on PaymentCharge { ${selection} } }`;

describe("a selection of a webhook endpoint", () => {
  it.each([
    "{ id }",
    " { id type data { id ... on PaymentCharge { status customer { name } } } } ",
    "id subject { type id } order: data { ... on Order { __typename number } }",
    ofPocket("pocketEntries(first: 5, filter: { kind: { eq: [CHARGE] } }) { nodes { amount } }"),
    "{ id\n # with a comment\n data { ... on Customer { name } } }",
    "id @include(if: true)",
  ])("is accepted: %s", (selection) => {
    expect(problemsOf(selection)).toEqual([]);
  });

  it.each([
    ["is not GraphQL", "{ id", /Syntax Error/],
    ["is not GraphQL", "id }", /Syntax Error/],
    ["is empty", "{}", /Syntax Error/],
    ["selects what events do not have", "id name", /"name" on type "Event"/],
    ["selects an object without its fields", "subject", /must have a selection/],
    ["has a second operation", "{ id } { id }", /one selection set/],
    [
      "is a mutation",
      'mutation { deleteWebhookEndpoint(id: "") { userErrors { code } } }',
      /"mutation"/,
    ],
    ["adds a mutation", "{ id } mutation { a }", /one selection set/],
    ["adds a fragment", "{ ...F } fragment F on Event { id }", /one selection set/],
    ["has a variable", "id @include(if: $yes)", /Variable "\$yes" is not defined/],
    ["reads the schema", "__schema { description }", /"__schema"/],
    ["leaves its place", "id } } query { events { nodes { id }", /Syntax Error/],
    ["reads a provider secret", ofCharge("providerSecret"), /cannot contain providerSecret/],
    [
      "guesses a provider secret",
      ofCharge(
        'customer { paymentCharges(filter: { not: { providerSecret: { eq: ["s"] } } }) { totalCount } }',
      ),
      /cannot filter by providerSecret/,
    ],
    [
      "reads what is for operators",
      ofPocket("pocketGroup { merchants { id } }"),
      /cannot contain merchants/,
    ],
    [
      "costs too much",
      ofPocket("pocketEntries(first: 100) { nodes { reversals(first: 100) { nodes { id } } } }"),
      /would cost/,
    ],
    ["is too deep", ofPocket(nested(5, "id")), /levels deep|would cost/],
    [
      "has too many aliases",
      Array.from({ length: 51 }, (_, i) => `a${String(i)}: id`).join(" "),
      /51 aliases/,
    ],
    ["has too many fields", `{ ${"id ".repeat(401)} }`, /fields and fragments/],
    ["nests too many brackets", `${"{ a ".repeat(101)}${"}".repeat(101)}`, /nested brackets/],
  ])("is refused if it %s", (_, selection, problem) => {
    expect(problemsOf(selection).join(" ")).toMatch(problem);
  });

  it.each<[EventType, string, string]>([
    ["ORDER_CREATED", ofPocket("pocketEntries { totalCount }"), "pocketEntries"],
    ["POCKET_CHARGED", ofCharge("customer { name }"), "customer"],
    [
      "WEBHOOK_ENDPOINT_DISABLED",
      "data { ... on Order { paymentCharges { totalCount } } }",
      "paymentCharges",
    ],
  ])("for %s is refused if it reads what its events do not open", (type, selection, field) => {
    expect(problemsOf(selection, [type])).toEqual([`The selection cannot contain ${field}.`]);
    expect(problemsOf(selection)).toEqual([]);
  });

  it("reports every problem", () => {
    expect(problemsOf("{ a b }")).toHaveLength(2);
  });
});

describe("the default selection", () => {
  it.each(valuesOf(EventType))("of %s could be stored with an endpoint for this type", (type) => {
    expect(problemsOf(defaultSelectionOf(type), [type])).toEqual([]);
    expect(wireNameOf(type)).toMatch(/^[a-z_]+\.[a-z_]+$/);
  });
});

describe("the default data of a webhook", () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await TestServer.start();
  });

  afterAll(() => server.stop());

  it("has the record of the event under its own name, for each kind of record", async () => {
    const { token } = await makeEvents(server);
    const { events } = await server.ask<{ events: { nodes: { id: string; type: EventType }[] } }>(
      token,
      "{ events(first: 100) { nodes { id type } } }",
    );
    const types = [...new Map(events.nodes.map(({ id, type }) => [type, id]))];
    const records = await Promise.all(
      types.map(async ([type, id]) => {
        const query = `query ($id: ID!) { node(id: $id) { ... on Event ${defaultSelectionOf(type)} } }`;
        const { node } = await server.ask<{ node: Record<string, unknown> }>(token, query, { id });
        const { id: eventId, sequence, previousSequence: _, subject, ...record } = node;
        expect([eventId, typeof sequence, typeof subject]).toEqual([id, "number", "object"]);
        const [[name, value] = []] = Object.entries(record);
        expect(Object.keys(value as object).length, type).toBeGreaterThan(4);
        return `${type} ${String(name)}`;
      }),
    );
    expect(records.toSorted()).toEqual([
      "CUSTOMER_CREATED customer",
      "ORDER_CREATED order",
      "PAYMENT_AUTHORIZATION_CREATED paymentAuthorization",
      "PAYMENT_CHARGE_CREATED paymentCharge",
      "PAYMENT_METHOD_CREATED paymentMethod",
      "PAYMENT_REFUND_SUCCEEDED paymentRefund",
      "POCKET_CHARGED pocketEntry",
      "POCKET_FROZEN pocket",
      "POCKET_HOLD_CAPTURED pocketEntry",
      "POCKET_HOLD_OPENED pocketHold",
      "WEBHOOK_ENDPOINT_TESTED webhookEndpoint",
    ]);
  });

  it("is what an endpoint has that is created without a selection, or with the default one", async () => {
    const { token } = await server.createMerchant();
    const dataSelection = defaultSelectionOf("PAYMENT_CHARGE_SUCCEEDED");
    const { webhookEndpoint } = await createEndpoint(server, token, { dataSelection });
    expect(webhookEndpoint).toMatchObject({ dataSelection });
  });
});

/** Makes an event of each kind of record. */
async function makeEvents(server: TestServer): Promise<{ token: string }> {
  const merchant = await server.createMerchant();
  const { token } = merchant;
  const slug = await server.createGroup({}, merchant);
  const phoneNumber = newPhoneNumber();
  await chargePockets(server, token, slug, [charge({ phoneNumber, amount: 100 })]);
  const hold = newId();
  await spend(server, token, "holdPockets", slug, [{ token: hold, phoneNumber, amount: 20 }]);
  await spend(server, token, "captureHolds", slug, [
    { token: newId(), holdToken: hold, amount: 4 },
  ]);
  await server.ask(
    server.operatorToken,
    `mutation ($slug: String!, $phoneNumber: String!) {
      updatePocket(pocketGroupSlug: $slug, phoneNumber: $phoneNumber, input: { freeze: DEBITS }) {
        userErrors { code }
      }
    }`,
    { slug, phoneNumber },
  );
  const METHOD = { provider: "STRIPE", identifier: "pm_1", methodType: "card" };
  await accepted(payments.createCustomer(server, token, { name: "Sara" }));
  await accepted(payments.createOrder(server, token, {}));
  await accepted(payments.createMethod(server, token, METHOD));
  await accepted(payments.createCharge(server, token, { amountInCents: 100 }));
  await accepted(payments.createRefund(server, token, { provider: "NONE", amountInCents: 5 }));
  const authorization = { mode: "REQUEST", amountInCents: 500 };
  await accepted(payments.createAuthorization(server, token, authorization));
  const { id } = await newEndpoint(server, token);
  await sendTestEvent(server, token, id);
  return { token };
}
