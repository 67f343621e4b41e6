import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MERCHANT_SCOPES } from "../../src/callers/api-scope.js";
import { newId } from "../../src/shared/uuid.js";
import {
  CREATE_AUTHORIZATION,
  CREATE_CHARGE,
  type PaymentCharge,
  UPDATE_CHARGE,
  accepted,
  createAuthorization,
  createCharge,
  createCustomer,
  createOrder,
  createRefund,
  findAuthorization,
  findCharge,
  idOf,
  refusals,
  updateAuthorization,
  updateCharge,
} from "../support/payments.js";
import { CHARGES, type Resource, RestClient, updating } from "../support/rest.js";
import { type TestMerchant, TestServer } from "../support/server.js";

type Input = Record<string, unknown>;

const SCOPES_WITHOUT = MERCHANT_SCOPES.filter((scope) => scope !== "PROVIDER_SECRETS_READ");
const FILTERED = `query ($filter: PaymentChargeFilter) {
  paymentCharges(filter: $filter, sort: [{ field: CREATED_AT }]) {
    nodes { description } totalCount aggregate { count }
  }
}`;

let server: TestServer;
let merchant: TestMerchant;
/** A token with all scopes, and one without the scope that reads secrets. */
let token: string;
let blind: string;

beforeAll(async () => {
  server = await TestServer.start();
  merchant = await server.createMerchant();
  ({ token } = merchant);
  blind = await server.createToken({ merchantId: merchant.id, scopes: SCOPES_WITHOUT });
});

afterAll(() => server.stop());

/** A unique secret, with characters that are encoded differently in JSON and in bytes. */
function newSecret(): string {
  return `sk_live_Ünï-${newId()}`;
}

function create(input: Input, by = token): Promise<PaymentCharge> {
  return accepted(createCharge(server, by, { amountInCents: 5_000, ...input }));
}

/** Every value of `providerSecret` anywhere in an answer. */
function secretsIn(answer: unknown): unknown[] {
  if (typeof answer !== "object" || answer === null) return [];
  return Object.entries(answer).flatMap(([name, value]: [string, unknown]) =>
    name === "providerSecret" ? [value] : secretsIn(value),
  );
}

describe("providerSecret", () => {
  it("is returned to tokens that may read secrets, and is null for others, everywhere", async () => {
    const owner = await server.createMerchant();
    const other = await server.createToken({ merchantId: owner.id, scopes: SCOPES_WITHOUT });
    const [secret, ofAuthorization] = [newSecret(), newSecret()];
    const customerId = await idOf(createCustomer(server, owner.token, { name: "C" }));
    const orderId = await idOf(createOrder(server, owner.token, { customerId }));
    const held = { mode: "REQUEST", amountInCents: 9, providerSecret: ofAuthorization };
    const authorization = await accepted(createAuthorization(server, owner.token, held));
    const paymentAuthorizationId = authorization.id;
    const charge = await create(
      { orderId, paymentAuthorizationId, providerSecret: secret, status: "SUCCEEDED" },
      owner.token,
    );
    const refund = { paymentChargeId: charge.id, amountInCents: 1 };
    await accepted(createRefund(server, owner.token, refund));

    const query = `query ($id: ID!, $authorizationId: ID!) {
      paymentCharge(id: $id) {
        providerSecret
        payment { owner { ... on PaymentCharge { providerSecret } } }
        order { paymentCharges { nodes { providerSecret } } }
        customer { paymentCharges { edges { node { providerSecret } } } }
        paymentRefunds { nodes { paymentCharge { providerSecret } } }
        paymentAuthorization { providerSecret paymentCharges { nodes { providerSecret } } }
      }
      payment(id: $id) { owner { ... on PaymentCharge { providerSecret } } }
      paymentCharges { nodes { providerSecret } edges { node { providerSecret } } }
      paymentAuthorization(id: $authorizationId) { providerSecret }
      paymentAuthorizations { nodes { providerSecret } }
      payments {
        nodes {
          owner {
            ... on PaymentCharge { providerSecret }
            ... on PaymentAuthorization { providerSecret }
          }
        }
      }
    }`;
    const variables = { id: charge.id, authorizationId: authorization.id };
    const read = secretsIn(await server.ask(owner.token, query, variables));
    expect(read).toHaveLength(14);
    expect(read.filter((value) => value === secret)).toHaveLength(10);
    expect(read.filter((value) => value === ofAuthorization)).toHaveLength(4);
    const hidden = secretsIn(await server.ask(other, query, variables));
    expect(hidden).toEqual(read.map(() => null));
  });

  it("is null in the response to its writer without the scope to read it", async () => {
    const [first, second] = [newSecret(), newSecret()];
    const charge = await create({ providerSecret: first }, blind);
    expect(charge.providerSecret).toBeNull();
    const input = { providerSecret: second };
    expect(await accepted(updateCharge(server, blind, charge.id, input))).toMatchObject({
      providerSecret: null,
    });
    expect(await findCharge(server, token, charge.id)).toMatchObject({ providerSecret: second });

    const held = { mode: "REQUEST", amountInCents: 9, providerSecret: first };
    const authorization = await accepted(createAuthorization(server, blind, held));
    expect(authorization.providerSecret).toBeNull();
    const changed = updateAuthorization(server, blind, authorization.id, input);
    expect((await accepted(changed)).providerSecret).toBeNull();
    expect(await findAuthorization(server, token, authorization.id)).toMatchObject(input);
  });

  it("is hidden in the same way when an idempotency key returns a charge again", async () => {
    const input = { idempotencyKey: newId(), providerSecret: newSecret() };
    const { id } = await create(input);
    expect(await create(input, blind)).toMatchObject({ id, providerSecret: null });
    expect(await create(input)).toMatchObject({ id, providerSecret: input.providerSecret });
  });

  it("is stored completely, up to 4,096 characters of any kind", async () => {
    for (const providerSecret of ["", " a ", '{"a":"\\"}', "👛".repeat(4_096)]) {
      const { id } = await create({ providerSecret });
      expect(await findCharge(server, token, id)).toMatchObject({ providerSecret });
    }
  });

  it("is cleared by null, and unchanged by the same secret", async () => {
    const providerSecret = newSecret();
    const charge = await create({ providerSecret });
    expect(await accepted(updateCharge(server, token, charge.id, { providerSecret }))).toEqual(
      charge,
    );
    const cleared = await accepted(
      updateCharge(server, token, charge.id, { providerSecret: null }),
    );
    expect(cleared.providerSecret).toBeNull();
    const filter = { id: { eq: [charge.id] }, providerSecret: { isNull: true } };
    expect(await server.ask(token, FILTERED, { filter })).toMatchObject({
      paymentCharges: { totalCount: 1 },
    });
    const held = { mode: "REQUEST", amountInCents: 9, providerSecret };
    const { id } = await accepted(createAuthorization(server, token, held));
    await accepted(updateAuthorization(server, token, id, { providerSecret: null }));
    expect(await findAuthorization(server, token, id)).toMatchObject({ providerSecret: null });
  });
});

describe("an update with a guessed providerSecret", () => {
  interface Updated {
    id: string;
    updatedAt: string;
    providerSecret: string | null;
  }
  type Update = (by: string, id: string, input: Input) => Promise<Updated>;

  let rest: RestClient;

  beforeAll(async () => {
    rest = await RestClient.of(server);
  });

  const held = { mode: "REQUEST", amountInCents: 9 };
  const newCharge = (input: Input): Promise<Updated> => create(input);
  const newHold = (input: Input): Promise<Updated> =>
    accepted(createAuthorization(server, token, { ...held, ...input }));

  const BY_REST = "a charge by REST";
  const KINDS: [string, (input: Input) => Promise<Updated>, Update][] = [
    ["a charge", newCharge, (by, id, input) => accepted(updateCharge(server, by, id, input))],
    [
      "an authorization",
      newHold,
      (by, id, input) => accepted(updateAuthorization(server, by, id, input)),
    ],
    [
      BY_REST,
      newCharge,
      async (by, id, { providerSecret, expectedUpdatedAt: _, ...input }) => {
        const attributes = { ...input, provider_secret: providerSecret };
        const body = updating(id, attributes);
        const answer = await rest.send<{ data: Resource }>("PUT", `${CHARGES}/${id}`, {
          token: by,
          body,
        });
        expect(answer.status).toBe(200);
        const { updated_at, provider_secret } = answer.body.data.attributes;
        return {
          id,
          updatedAt: String(updated_at).replace("+00:00", "Z"),
          providerSecret: provider_secret as string | null,
        };
      },
    ],
  ];

  it.each(KINDS)(
    "of %s returns the same answer for a right or wrong guess",
    async (kind, make, update) => {
      // REST shows null in place of the secret, and a document that is sent back keeps it.
      const guesses = ["right", "RIGHT", "wrong", "", ...(kind === BY_REST ? [] : [null])];
      for (const stored of ["right", "", null]) {
        for (const guess of guesses) {
          for (const more of [{}, { description: "more" }]) {
            const before = await make({ providerSecret: stored });
            const expectedUpdatedAt = before.updatedAt;
            const input = { providerSecret: guess, expectedUpdatedAt, ...more };
            const after = await update(blind, before.id, input);
            expect(after.updatedAt > before.updatedAt, JSON.stringify([stored, guess])).toBe(true);
            expect(after.providerSecret).toBeNull();
            const { rows } = await server.database.pool.query<{ count: number }>(
              "select count(*) from audit_entries where record_id = $1",
              [before.id],
            );
            expect(rows).toEqual([{ count: 2 }]);
            // A token with the scope can read the written secret.
            const read = await update(token, before.id, { providerSecret: guess });
            expect(read).toMatchObject({ providerSecret: guess, updatedAt: after.updatedAt });
          }
        }
      }
    },
  );

  it.each(KINDS)("of %s changes nothing when no secret is given", async (_, make, update) => {
    const before = await make({ providerSecret: "kept" });
    const { updatedAt } = await update(blind, before.id, {});
    expect(updatedAt).toBe(before.updatedAt);
  });
});

describe("a filter by providerSecret", () => {
  let owner: TestMerchant;
  let ownersBlind: string;

  /** a and b differ only in case, d has no secret, e has an empty one. */
  beforeAll(async () => {
    owner = await server.createMerchant();
    ownersBlind = await server.createToken({ merchantId: owner.id, scopes: SCOPES_WITHOUT });
    const secrets = { a: "Alpha-Ä", b: "alpha-ä", c: "BETA_%", d: null, e: "" };
    for (const [description, providerSecret] of Object.entries(secrets)) {
      await create({ description, providerSecret }, owner.token);
    }
    const foreign = await server.createMerchant();
    await create({ description: "foreign", providerSecret: "Alpha-Ä" }, foreign.token);
  });

  interface Data {
    paymentCharges: {
      nodes: { description: string }[];
      totalCount: number;
      aggregate: { count: number };
    };
  }

  async function kept(filter: unknown): Promise<string> {
    const { paymentCharges } = await server.ask<Data>(owner.token, FILTERED, { filter });
    const { nodes, totalCount, aggregate } = paymentCharges;
    expect([totalCount, aggregate.count]).toEqual([nodes.length, nodes.length]);
    return nodes.map(({ description }) => description).join("");
  }

  const by = (operators: Input): Input => ({ providerSecret: operators });

  it.each<[Input, string]>([
    [by({ eq: ["ALPHA-Ä"] }), "ab"],
    [by({ eq: ["alpha-ä", "beta_%"] }), "abc"],
    [by({ eq: [""] }), "e"],
    [by({ eq: ["alpha"] }), ""],
    [by({ eq: ["%"] }), ""],
    [by({ eq: ["\u0000"] }), ""],
    [by({ eq: [] }), ""],
    [by({ notEq: ["ALPHA-ä"] }), "ce"],
    [by({ notEq: ["ALPHA-ä", ""] }), "c"],
    [by({ notEq: [] }), "abce"],
    [by({ eql: ["Alpha-Ä"] }), "a"],
    [by({ eql: ["ALPHA-Ä"] }), ""],
    [by({ eql: ["alpha-ä", "BETA_%"] }), "bc"],
    [by({ notEql: ["alpha-ä"] }), "ace"],
    [by({ notEql: ["ALPHA-Ä"] }), "abce"],
    [by({ isNull: true }), "d"],
    [by({ isNull: false }), "abce"],
    [by({ isNull: false, notEq: ["beta_%"] }), "abe"],
    [{ not: by({ eq: ["alpha-ä"] }) }, "ce"],
    [{ not: by({ notEql: ["alpha-ä"] }) }, "b"],
    [{ not: by({ isNull: false }) }, "d"],
    [{ or: [by({ eql: ["alpha-ä"] }), by({ isNull: true })] }, "bd"],
    [{ and: [by({ eq: ["alpha-ä"] }), { description: { eq: ["a"] } }] }, "a"],
    [{ or: [{ and: [{ not: by({ eq: ["alpha-ä"] }) }, by({ notEql: [""] })] }] }, "c"],
  ])("%j keeps %j", async (filter, expected) => {
    expect(await kept(filter)).toBe(expected);
  });

  it("follows an update of the secret", async () => {
    const charge = await create({ description: "f", providerSecret: "Gamma" }, owner.token);
    expect(await kept(by({ eq: ["GAMMA"] }))).toBe("f");
    const input = { providerSecret: "Delta" };
    await accepted(updateCharge(server, owner.token, charge.id, input));
    expect(await kept(by({ eq: ["GAMMA"] }))).toBe("");
    expect(await kept(by({ eql: ["Delta"] }))).toBe("f");
    await accepted(updateCharge(server, owner.token, charge.id, { providerSecret: "alpha-Ä" }));
    expect(await kept(by({ eq: ["ALPHA-Ä"] }))).toBe("abf");
  });

  /** The filter itself, and filters that nest it. */
  const PLACES: [string, (filter: Input) => Input][] = [
    ["by itself", (filter) => filter],
    ["in and", (filter) => ({ and: [{ description: { eq: ["a"] } }, filter] })],
    ["in or", (filter) => ({ or: [{}, filter] })],
    ["in not", (filter) => ({ not: filter })],
    ["deep down", (filter) => ({ or: [{ and: [{ not: { or: [filter] } }] }] })],
  ];

  it.each(PLACES)("%s is FORBIDDEN without the scope to read secrets", async (_, place) => {
    for (const operator of ["eq", "notEq", "eql", "notEql"]) {
      const filter = place(by({ [operator]: ["Alpha-Ä"] }));
      const { status, errors } = await server.send(ownersBlind, FILTERED, { filter });
      expect({ status, codes: errors?.map(({ extensions }) => extensions.code) }).toEqual({
        status: 403,
        codes: ["FORBIDDEN"],
      });
    }
    for (const isNull of [true, false]) {
      const filter = place(by({ isNull }));
      const { status } = await server.send(ownersBlind, FILTERED, { filter });
      expect(status).toBe(403);
    }
  });

  it.each([
    "totalCount",
    "aggregate { count }",
    "groupBy(keys: [STATUS]) { aggregate { count } }",
    "pageInfo { hasNextPage }",
  ])("is FORBIDDEN without that scope for any selection of the list: %s", async (selection) => {
    const query = `{
      paymentCharges(filter: { providerSecret: { eq: ["x"] } }) { ${selection} }
    }`;
    expect((await server.send(ownersBlind, query)).status).toBe(403);
    expect((await server.send(owner.token, query)).status).toBe(200);
  });

  it("is FORBIDDEN without that scope in the charges of a customer and of an order", async () => {
    const customerId = await idOf(createCustomer(server, owner.token, { name: "C" }));
    const { id } = await accepted(createOrder(server, owner.token, { customerId }));
    const filter = 'filter: { not: { providerSecret: { eq: ["x"] } } }';
    const query = `query ($id: ID!) {
      order(id: $id) {
        paymentCharges(${filter}) { totalCount }
        customer { paymentCharges(${filter}) { totalCount } }
      }
    }`;
    const { errors } = await server.send(ownersBlind, query, { id });
    expect(new Set(errors?.map(({ extensions }) => extensions.code))).toEqual(
      new Set(["FORBIDDEN"]),
    );
    const none = { paymentCharges: { totalCount: 0 } };
    expect(await server.ask(owner.token, query, { id })).toEqual({
      order: { ...none, customer: none },
    });
  });

  it.each(PLACES)("%s is BAD_USER_INPUT with a pattern, for every token", async (_, place) => {
    for (const pattern of ["prefix", "suffix", "match", "notPrefix", "notSuffix", "notMatch"]) {
      const filter = place(by({ [pattern]: ["Alpha-Ä"] }));
      const { status, errors } = await server.send(owner.token, FILTERED, { filter });
      expect({ status, codes: errors?.map(({ extensions }) => extensions.code) }).toEqual({
        status: 400,
        codes: ["BAD_USER_INPUT"],
      });
      expect(errors?.[0]?.message).toContain("providerSecret");
      expect(errors?.[0]?.message).not.toContain("Alpha");
    }
  });
});

describe("a secret at rest", () => {
  /** Every row of every table as text, with bytes in hexadecimal. */
  async function dumpOf({ pool }: TestServer["database"]): Promise<string> {
    const tables = await pool.query<{ name: string }>(
      `select quote_ident(table_name) as name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE'`,
    );
    const texts: string[] = [];
    for (const { name } of tables.rows) {
      const { rows } = await pool.query<{ text: string }>(`select t::text as text from ${name} t`);
      texts.push(...rows.map(({ text }) => text));
    }
    return texts.join("\n");
  }

  /** The forms in which a text could be found without a key. */
  function readableForms(secret: string): string[] {
    const bytes = [secret, secret.toLowerCase(), secret.toUpperCase()].map((text) =>
      Buffer.from(text),
    );
    const digests = ["md5", "sha1", "sha256", "sha384", "sha512"];
    return [
      ...bytes.map((text) => text.toString()),
      ...bytes.map((text) => text.toString("hex")),
      ...bytes.map((text) => text.toString("base64").replace(/=+$/, "")),
      ...digests.flatMap((digest) =>
        bytes.map((text) => createHash(digest).update(text).digest("hex")),
      ),
    ];
  }

  it("is not readable in any column of any table, not even as a plain digest", async () => {
    const [secret, plain] = [newSecret(), newSecret()];
    const input = { idempotencyKey: newId(), providerSecret: secret };
    const charge = await create({ ...input, description: plain });
    await accepted(
      createAuthorization(server, token, { ...input, mode: "REQUEST", amountInCents: 9 }),
    );
    await accepted(updateCharge(server, token, charge.id, { status: "STARTED" }));
    const dump = await dumpOf(server.database);
    expect(dump).toContain(plain); // values that are not secret are found
    expect(readableForms(secret).filter((form) => dump.includes(form))).toEqual([]);
  });

  it.each(["payment_charges", "payment_authorizations"])(
    "has other bytes each time it is written to %s",
    async (table) => {
      const given = { amountInCents: 9, providerSecret: newSecret() };
      const make = async (input: Input): Promise<string> =>
        table === "payment_charges"
          ? (await create(input)).id
          : await idOf(createAuthorization(server, token, { ...input, mode: "REQUEST" }));
      const rowOf = async (id: string): Promise<Record<string, unknown>> => {
        const { pool } = server.database;
        const { rows } = await pool.query<{ row: Record<string, unknown> }>(
          `select to_jsonb(t) as row from ${table} t where id = $1`,
          [id],
        );
        return rows[0]!.row;
      };
      const one = await rowOf(await make(given));
      const other = await rowOf(await make(given));
      const without = await rowOf(await make({ amountInCents: 9 }));
      // Columns that only a secret fills. The key's id and the look-up digest may be equal.
      const columns = Object.keys(one).filter((column) => without[column] === null);
      const ofSecret = columns.filter((column) => one[column] !== null);
      expect(ofSecret).not.toEqual([]);
      expect(ofSecret.filter((column) => one[column] !== other[column])).not.toEqual([]);
    },
  );
});

describe("a secret in logs and errors", () => {
  let broken: TestServer;
  let by: string;

  beforeAll(async () => {
    broken = await TestServer.start();
    by = (await broken.createMerchant()).token;
  });

  afterAll(() => broken.stop());

  function expectNotLogged(at: TestServer, ...secrets: string[]): void {
    const logged = at.logged.join("\n");
    for (const secret of secrets) {
      expect(logged).not.toContain(secret);
      expect(logged).not.toContain(JSON.stringify(secret).slice(1, -1));
    }
  }

  it("never appears when it is written, changed, searched for and read", async () => {
    const [first, second] = [newSecret(), newSecret()];
    const { id } = await create({ providerSecret: first });
    await accepted(updateCharge(server, token, id, { providerSecret: second }));
    const filter = { providerSecret: { eq: [second] } };
    expect(await server.ask(token, FILTERED, { filter })).toMatchObject({
      paymentCharges: { totalCount: 1 },
    });
    const held = { mode: "REQUEST", amountInCents: 9, providerSecret: first };
    await accepted(createAuthorization(server, token, held));
    expectNotLogged(server, first, second);
  });

  it("never appears in user errors", async () => {
    const secret = newSecret();
    for (const providerSecret of [`${secret}\u0000`, secret.repeat(100)]) {
      const outcome = await createCharge(server, token, { amountInCents: -1, providerSecret });
      expect(await refusals(outcome)).toHaveLength(2);
      expect(JSON.stringify(outcome.userErrors)).not.toContain(secret);
    }
    expectNotLogged(server, secret);
  });

  it.each<[string, string, (secret: string) => Input]>([
    [
      "an unknown field next to it",
      CREATE_CHARGE,
      (secret) => ({ input: { providerSecret: secret, amountInCents: 1, noSuchField: 1 } }),
    ],
    [
      "a wrong value next to it",
      CREATE_CHARGE,
      (secret) => ({ input: { providerSecret: secret, amountInCents: "abc" } }),
    ],
    [
      "a missing field next to it",
      CREATE_AUTHORIZATION,
      (secret) => ({ input: { providerSecret: secret, amountInCents: 1 } }),
    ],
    [
      "a missing charge",
      UPDATE_CHARGE,
      (secret) => ({ id: newId(), input: { providerSecret: secret } }),
    ],
    [
      "a pattern",
      FILTERED,
      (secret) => ({ filter: { not: { providerSecret: { match: [secret] } } } }),
    ],
  ])("never appears in the error for %s", async (_, query, variables) => {
    const secret = newSecret();
    const { errors } = await server.send(token, query, variables(secret));
    expect(errors).toHaveLength(1);
    expectNotLogged(server, secret);
    expect(JSON.stringify(errors)).not.toContain(secret);
  });

  it("is not logged when its document is invalid", async () => {
    const secret = newSecret();
    for (const rest of [
      "",
      ", amountInCents: { } ) {",
      "noSuchField: 1 }) { userErrors { x } } }",
    ]) {
      const query = `mutation { createPaymentCharge(input: { providerSecret: "${secret}" ${rest}`;
      const { status } = await server.send(token, query);
      expect(status).toBe(400);
    }
    expectNotLogged(server, secret);
  });

  it.each<[string, string]>([
    ["refuses the row", "alter table %s add constraint broken check (false) not valid"],
    ["has no such table", "alter table %s rename to gone_%s"],
  ])(
    "never appears in an internal error when the database %s, which is logged",
    async (_, statement) => {
      for (const [table, query, more] of [
        ["payment_charges", CREATE_CHARGE, {}],
        ["payment_authorizations", CREATE_AUTHORIZATION, { mode: "REQUEST" }],
      ] as const) {
        await broken.database.pool.query(statement.replaceAll("%s", table));
        const secret = newSecret();
        const input = { amountInCents: 9, providerSecret: secret, ...more };
        const before = broken.logged.length;
        const { status, errors } = await broken.send(by, query, { input });
        expect({ status, codes: errors?.map(({ extensions }) => extensions.code) }).toEqual({
          status: 500,
          codes: ["INTERNAL_SERVER_ERROR"],
        });
        expect(JSON.stringify(errors)).not.toContain(secret);
        expect(broken.logged.length).toBeGreaterThan(before);
        expectNotLogged(broken, secret);
      }
    },
  );
});
