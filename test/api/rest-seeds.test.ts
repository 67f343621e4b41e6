import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { MerchantCaller } from "../../src/callers/caller.js";
import type { Instant } from "../../src/shared/instant.js";
import { newId } from "../../src/shared/uuid.js";
import {
  type ChargeResults,
  type JsonApiDocument,
  type Resource,
  type RestAnswer,
  RestClient,
} from "../support/rest.js";
import { type TestMerchant, TestServer, made } from "../support/server.js";

/**
 * The unchanged examples of the two public APIs that the REST paths come from. A client that was written for
 * them only has to change its host and token.
 */
interface Example {
  readonly command: string;
  /** The response that the source API shows, as JSON. */
  readonly answer: string;
}

const CHARGE_POCKETS = String.raw`curl --location --request POST 'https://api.bazaar-pay.ir/badje/v1/pockets/my-pocket-group/charge/' \
--header 'Authorization: Token merchant_token' \
--header 'Content-Type: application/json' \
--data-raw '{
    "charges": [
        {
            "token": "a8c99f2c-3f4a-4b56-896b-2b1e7b3f4e5a",
            "phone_number": "989120000000",
            "amount": 10000
        }
    ]
}'`;

const TRACE_CHARGE = String.raw`curl --location 'https://api.bazaar-pay.ir/badje/v1/pockets/my-pocket-group/charge/a8c99f2c-3f4a-4b56-896b-2b1e7b3f4e5a/' \
--header 'Authorization: Token merchant_token'`;

/** The example responses of the source API's OpenAPI documents. */
const CHARGED: { results: Omit<ChargeResults["results"][number], "code">[] } = {
  results: [
    {
      token: "01988f7a-d22b-7c3d-977f-27af99c2a5a5",
      phone_number: "989120000000",
      amount: 10000,
      status: "success",
      message: "Charge was successful.",
    },
    {
      token: "01988f7a-d22b-7c3d-977f-27af99c2a5a5",
      phone_number: "989120000001",
      amount: 20000,
      status: "error",
      message: "Duplicate token.",
    },
  ],
};
const TRACED = {
  token: "01988f7a-d22b-7c3d-977f-27af99c2a5a5",
  phone_number: "989120000000",
  amount: 10000,
};

const LIST: Example = {
  command: String.raw`  curl --request GET \
    --url 'https://example.booqable.com/api/boomerang/payment_charges' \
    --header 'content-type: application/json' \
`,
  answer: String.raw`  {
  "data": [
    {
      "id": "05bf5291-ce72-4d8e-989a-eff578e64dc2",
      "type": "payment_charges",
      "attributes": {
        "created_at": "2024-12-02T09:22:05.398979+00:00",
        "updated_at": "2024-12-02T09:22:05.398979+00:00",
        "status": "created",
        "amount_in_cents": 5000,
        "deposit_in_cents": 0,
        "total_in_cents": 5000,
        "currency": "usd",
        "mode": "request",
        "description": null,
        "provider": "stripe",
        "provider_id": null,
        "provider_method": null,
        "provider_secret": null,
        "refundable": true,
        "amount_refundable_in_cents": 5000,
        "amount_refunded_in_cents": 0,
        "deposit_refundable_in_cents": 0,
        "deposit_refunded_in_cents": 0,
        "total_refundable_in_cents": 5000,
        "total_refunded_in_cents": 0,
        "succeeded_at": null,
        "failed_at": null,
        "canceled_at": null,
        "expired_at": null,
        "employee_id": null,
        "order_id": null,
        "customer_id": null,
        "payment_method_id": null,
        "payment_authorization_id": null
      },
      "relationships": {}
    }
  ],
  "meta": {}
}`,
};

const FETCH: Example = {
  command: String.raw`  curl --request GET \
    --url 'https://example.booqable.com/api/boomerang/payment_charges/b9d5c001-040f-430d-98b5-788aee7e6d61' \
    --header 'content-type: application/json' \
`,
  answer: String.raw`  {
  "data": {
    "id": "b9d5c001-040f-430d-98b5-788aee7e6d61",
    "type": "payment_charges",
    "attributes": {
      "created_at": "2024-12-02T09:22:03.992706+00:00",
      "updated_at": "2024-12-02T09:22:03.992706+00:00",
      "status": "created",
      "amount_in_cents": 5000,
      "deposit_in_cents": 0,
      "total_in_cents": 5000,
      "currency": "usd",
      "mode": "request",
      "description": null,
      "provider": "stripe",
      "provider_id": null,
      "provider_method": null,
      "provider_secret": null,
      "refundable": true,
      "amount_refundable_in_cents": 5000,
      "amount_refunded_in_cents": 0,
      "deposit_refundable_in_cents": 0,
      "deposit_refunded_in_cents": 0,
      "total_refundable_in_cents": 5000,
      "total_refunded_in_cents": 0,
      "succeeded_at": null,
      "failed_at": null,
      "canceled_at": null,
      "expired_at": null,
      "employee_id": null,
      "order_id": null,
      "customer_id": null,
      "payment_method_id": null,
      "payment_authorization_id": null
    },
    "relationships": {}
  },
  "meta": {}
}`,
};

const CREATE: Example = {
  command: String.raw`  curl --request POST \
    --url 'https://example.booqable.com/api/boomerang/payment_charges' \
    --header 'content-type: application/json' \
    --data '{
      "data": {
        "type": "payment_charges",
        "attributes": {
          "mode": "manual",
          "provider": "none",
          "amount_in_cents": 10000,
          "deposit_in_cents": 5000
        }
      }
    }'`,
  answer: String.raw`  {
  "data": {
    "id": "03ec16df-d5ae-489d-a214-eb345df4fe52",
    "type": "payment_charges",
    "attributes": {
      "created_at": "2024-12-02T09:22:04.476405+00:00",
      "updated_at": "2024-12-02T09:22:04.476405+00:00",
      "status": "succeeded",
      "amount_in_cents": 10000,
      "deposit_in_cents": 5000,
      "total_in_cents": 15000,
      "currency": "usd",
      "mode": "manual",
      "description": null,
      "provider": "none",
      "provider_id": null,
      "provider_method": "bank",
      "provider_secret": null,
      "refundable": true,
      "amount_refundable_in_cents": 10000,
      "amount_refunded_in_cents": 0,
      "deposit_refundable_in_cents": 5000,
      "deposit_refunded_in_cents": 0,
      "total_refundable_in_cents": 15000,
      "total_refunded_in_cents": 0,
      "succeeded_at": "2024-12-02T09:22:04.475339+00:00",
      "failed_at": null,
      "canceled_at": null,
      "expired_at": null,
      "employee_id": "9ef4e788-b8f1-44df-b645-cd70e5595d4d",
      "order_id": null,
      "customer_id": null,
      "payment_method_id": null,
      "payment_authorization_id": null
    },
    "relationships": {}
  },
  "meta": {}
}`,
};

const UPDATE: Example = {
  command: String.raw`  curl --request PUT \
    --url 'https://example.booqable.com/api/boomerang/payment_charges/6c733a25-1ccb-4caf-9d71-0feb106f7bce' \
    --header 'content-type: application/json' \
    --data '{
      "data": {
        "id": "6c733a25-1ccb-4caf-9d71-0feb106f7bce",
        "type": "payment_charges",
        "attributes": {
          "status": "started"
        }
      }
    }'`,
  answer: String.raw`  {
  "data": {
    "id": "6c733a25-1ccb-4caf-9d71-0feb106f7bce",
    "type": "payment_charges",
    "attributes": {
      "created_at": "2024-12-02T09:22:04.945679+00:00",
      "updated_at": "2024-12-02T09:22:04.945679+00:00",
      "status": "started",
      "amount_in_cents": 5000,
      "deposit_in_cents": 0,
      "total_in_cents": 5000,
      "currency": "usd",
      "mode": "request",
      "description": null,
      "provider": "stripe",
      "provider_id": null,
      "provider_method": null,
      "provider_secret": null,
      "refundable": true,
      "amount_refundable_in_cents": 5000,
      "amount_refunded_in_cents": 0,
      "deposit_refundable_in_cents": 0,
      "deposit_refunded_in_cents": 0,
      "total_refundable_in_cents": 5000,
      "total_refunded_in_cents": 0,
      "succeeded_at": null,
      "failed_at": null,
      "canceled_at": null,
      "expired_at": null,
      "employee_id": null,
      "order_id": null,
      "customer_id": null,
      "payment_method_id": null,
      "payment_authorization_id": null
    },
    "relationships": {}
  },
  "meta": {}
}`,
};

const SLUG = "my-pocket-group";
const V4_TOKEN = "a8c99f2c-3f4a-4b56-896b-2b1e7b3f4e5a";
const MICROSECONDS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let server: TestServer;
let rest: RestClient;
let merchant: TestMerchant;
let employeeId: string;
let employeeToken: string;

beforeAll(async () => {
  server = await TestServer.start();
  rest = await RestClient.of(server);
  await server.createGroup({ slug: SLUG });
});

/** Each test has its own merchant, so that a list contains only the test's records. */
beforeEach(async () => {
  merchant = await server.createMerchant();
  const employee = { merchantId: merchant.id, name: "E", email: `${newId()}@example.com` };
  employeeId = made(await server.app.services.employees.create(employee)).id;
  employeeToken = await server.createToken({ merchantId: merchant.id, employeeId });
});

afterAll(() => server.stop());

/**
 * Runs a command of the source APIs in a shell, with this server's address and a valid token. If the source
 * sends no token, the header is appended.
 */
async function run<Body>(
  command: string,
  token: string,
): Promise<Omit<RestAnswer<Body>, "headers">> {
  const [, path = ""] = /'https:\/\/[^/]+([^']+)'/.exec(command) ?? [];
  const [, method = "GET"] = /--request (\w+)/.exec(command) ?? [];
  const here = command
    .trimEnd()
    .replace(/https:\/\/[^/]+/, rest.origin)
    .replace("merchant_token", token);
  const header = here.includes("Authorization") ? "" : `--header 'Authorization: Token ${token}'`;
  const open = here.endsWith("\\") ? here : `${here} \\`;
  const script = `${open}\n${header} --silent --show-error --write-out '\\n%{http_code} %{content_type}'`;
  // Ignore the machine's settings, such as a proxy or a .curlrc.
  const env = { PATH: process.env["PATH"] };
  const { stdout } = await promisify(execFile)("sh", ["-c", script], { env });
  const [, text = "", status, contentType = ""] = /^(.*)\n(\d+) (.*)$/s.exec(stdout) ?? [];
  return {
    status: Number(status),
    ...rest.read<Body>(method, path, Number(status), contentType, text),
  };
}

function caller(): MerchantCaller {
  const scopes = ["PAYMENTS_WRITE"] as const;
  return { tokenId: newId(), merchantId: merchant.id, employeeId: null, scopes };
}

/** Creates a charge of 5,000 with the id and time of an example. */
async function createAsIn({ id, attributes }: Resource): Promise<void> {
  const at = String(attributes["created_at"]).replace("+00:00", "Z") as Instant;
  made(await server.app.services.charges.create(caller(), { amountInCents: 5_000 }, { id, at }));
}

/** The attributes that this API adds to those of the source. */
const ADDED = { reference: null, metadata: {} };

function documentOf<Data>({ answer }: Example): JsonApiDocument<Data> {
  return JSON.parse(answer, (name, value: unknown) =>
    name === "attributes" ? { ...(value as object), ...ADDED } : value,
  ) as JsonApiDocument<Data>;
}

/** Replaces values that differ between runs with their form. Keeps the order of keys. */
function byForm(document: JsonApiDocument<Resource>): string {
  return JSON.stringify(document, (_, value: unknown) => {
    if (typeof value !== "string") return value;
    if (MICROSECONDS.test(value)) return "a time in UTC with microseconds";
    return UUID.test(value) ? "a UUID" : value;
  });
}

describe("the source's example of charging pockets", () => {
  beforeEach(async () => {
    await server.app.services.pocketGroups.grant(SLUG, merchant.id);
  });

  it("as it is written has its token refused, which is of version 4, and charges nothing", async () => {
    const { status, body } = await run<ChargeResults>(CHARGE_POCKETS, merchant.token);
    expect(status).toBe(200);
    const [{ message, ...result } = { message: "" }, ...others] = body.results;
    expect(others).toEqual([]);
    expect(result).toEqual({
      token: V4_TOKEN,
      phone_number: "989120000000",
      amount: 10000,
      status: "error",
      code: "INVALID_TOKEN",
    });
    expect(message).toMatch(/token/i);
    const traced = await run<object>(TRACE_CHARGE, merchant.token);
    expect(traced.status).toBe(404);
    expect(Object.keys(traced.body)).toEqual(["detail"]);
  });

  it("with a token of version 7 charges, and is traced by the source's other example", async () => {
    const token = newId();
    const charged = { token, phone_number: "989120000000", amount: 10000 };
    const command = CHARGE_POCKETS.replace(V4_TOKEN, token);
    const { status, body } = await run<ChargeResults>(command, merchant.token);
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        results: [{ ...charged, status: "success", message: "Charge was successful.", code: null }],
      },
    });
    const trace = TRACE_CHARGE.replace(V4_TOKEN, token);
    expect(await run(trace, merchant.token)).toMatchObject({ status: 200, body: charged });
  });

  it("returns exactly the source API's example response, with a code added to each result", async () => {
    const charges = CHARGED.results.map(({ token, phone_number, amount }) => ({
      ...{ token, phone_number, amount },
    }));
    const answer = await rest.charge(SLUG, merchant.token, { charges });
    expect(answer.status).toBe(200);
    const [first, second] = CHARGED.results;
    const results = [
      { ...first, code: null },
      { ...second, code: "TOKEN_CONFLICT" },
    ];
    expect(JSON.stringify(answer.body)).toBe(JSON.stringify({ results }));
    const trace = TRACE_CHARGE.replace(V4_TOKEN, TRACED.token);
    const { status, body } = await run(trace, merchant.token);
    expect(status).toBe(200);
    expect(JSON.stringify(body)).toBe(JSON.stringify(TRACED));
  });

  it("is 401 with the source's placeholder for a token", async () => {
    for (const command of [CHARGE_POCKETS, TRACE_CHARGE]) {
      const { status, body } = await run<object>(command, "merchant_token");
      expect(status).toBe(401);
      expect(Object.keys(body)).toEqual(["detail"]);
    }
  });
});

describe("the source's example of", () => {
  it("listing payment charges is answered as it shows, to the letter, followed by the added attributes", async () => {
    const shown = documentOf<Resource[]>(LIST);
    await createAsIn(shown.data[0]!);
    const { status, body } = await run(LIST.command, merchant.token);
    expect(status).toBe(200);
    expect(JSON.stringify(body)).toBe(JSON.stringify(shown));
  });

  it("fetching a payment charge is answered as it shows, to the letter, followed by the added attributes", async () => {
    const shown = documentOf<Resource>(FETCH);
    await createAsIn(shown.data);
    const { status, body } = await run(FETCH.command, merchant.token);
    expect(status).toBe(200);
    expect(JSON.stringify(body)).toBe(JSON.stringify(shown));
  });

  it("creating a payment charge returns the shown response with the added attributes, except for ids and times", async () => {
    const { status, body } = await run<JsonApiDocument<Resource>>(CREATE.command, employeeToken);
    expect(status).toBe(201);
    expect(byForm(body)).toBe(byForm(documentOf(CREATE)));
    const { attributes, id } = body.data;
    expect(attributes["employee_id"]).toBe(employeeId);
    expect(attributes["updated_at"]).toBe(attributes["created_at"]);
    const found = await rest.get(`/api/boomerang/payment_charges/${id}`, merchant.token);
    expect(found.body).toEqual(body);
  });

  // In the example the update has the time of the creation; here it is later.
  it("updating a payment charge returns the shown response with the added attributes, except for the later time", async () => {
    const shown = documentOf<Resource>(UPDATE);
    await createAsIn(shown.data);
    const answer = await run<JsonApiDocument<Resource>>(UPDATE.command, merchant.token);
    expect(answer.status).toBe(200);
    expect(byForm(answer.body)).toBe(byForm(shown));
    const { updated_at: updatedAt, ...others } = answer.body.data.attributes;
    const { updated_at: before, ...expected } = shown.data.attributes;
    expect({ id: answer.body.data.id, ...others }).toEqual({ id: shown.data.id, ...expected });
    expect(String(updatedAt) > String(before)).toBe(true);
  });

  it("each request is 401 with an invalid token, and 404 for missing records", async () => {
    for (const { command } of [LIST, FETCH, CREATE, UPDATE]) {
      const { status } = await run(command, "merchant_token");
      expect(status).toBe(401);
    }
    for (const { command } of [FETCH, UPDATE]) {
      expect((await run(command, merchant.token)).status).toBe(404);
    }
  });
});
