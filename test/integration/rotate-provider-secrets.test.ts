import { afterEach, describe, expect, it } from "vitest";
import { providerSecretColumns } from "../../src/payments/secrets/provider-secret-columns.store.js";
import { ProviderSecrets } from "../../src/payments/secrets/provider-secrets.js";
import { RotateSecrets } from "../../src/secrets/rotate-secrets.service.js";
import { SealedSecretStore } from "../../src/secrets/sealed-secret.store.js";
import { SecretBox } from "../../src/shared/secret-box.js";
import type { SecretKey } from "../../src/shared/secret-key.js";
import { newId } from "../../src/shared/uuid.js";
import { openWebhookSecrets } from "../../src/webhooks/webhook-endpoint.js";
import { WebhookEndpointStore } from "../../src/webhooks/webhook-endpoint.store.js";
import { WEBHOOK_SECRET_COLUMNS } from "../../src/webhooks/webhook-secret-columns.store.js";
import { type TestMerchant, TestServer, newSecretKey } from "../support/server.js";
import { newEndpoint, rotateSecret } from "../support/webhooks.js";

const OLD = newSecretKey("old");
const NEW = newSecretKey("new");
/** More than one batch. */
const MANY = 1_100;

let server: TestServer;

afterEach(() => server.stop());

/** Sets the keys that the server uses from now on. */
async function startWith(...keys: SecretKey[]): Promise<{ keys: SecretKey[]; by: TestMerchant }> {
  server = await TestServer.start({ secretKeys: keys });
  return { keys, by: await server.createMerchant() };
}

function rotation(...keys: SecretKey[]): RotateSecrets {
  const box = new SecretBox(() => keys);
  const columns = [...providerSecretColumns(new ProviderSecrets(box)), ...WEBHOOK_SECRET_COLUMNS];
  return new RotateSecrets(new SealedSecretStore(server.database), box, columns);
}

async function create(by: TestMerchant, providerSecret: string): Promise<string> {
  const data = await server.ask<{ createPaymentCharge: { paymentCharge: { id: string } } }>(
    by.token,
    `mutation ($secret: String) {
      createPaymentCharge(input: { amountInCents: 1, providerSecret: $secret }) { paymentCharge { id } }
    }`,
    { secret: providerSecret },
  );
  return data.createPaymentCharge.paymentCharge.id;
}

async function secretOf(by: TestMerchant, id: string): Promise<string | null> {
  const query = "query ($id: ID!) { paymentCharge(id: $id) { providerSecret updatedAt } }";
  const data = await server.ask<{ paymentCharge: { providerSecret: string | null } }>(
    by.token,
    query,
    { id },
  );
  return data.paymentCharge.providerSecret;
}

async function find(by: TestMerchant, secret: string): Promise<string[]> {
  const query = `query ($secret: String!) {
    paymentCharges(filter: { providerSecret: { eq: [$secret] } }) { nodes { id } }
  }`;
  const data = await server.ask<{ paymentCharges: { nodes: { id: string }[] } }>(by.token, query, {
    secret,
  });
  return data.paymentCharges.nodes.map(({ id }) => id);
}

describe("rotating the keys of provider secrets", () => {
  it("encrypts every secret with the first key, so that the others are no longer needed", async () => {
    const { keys, by } = await startWith(OLD);
    const id = await create(by, "seti_Secret");
    const authorization = await server.ask<{
      createPaymentAuthorization: { paymentAuthorization: { id: string } };
    }>(
      by.token,
      `mutation {
        createPaymentAuthorization(
          input: { mode: TERMINAL, amountInCents: 1, providerSecret: "held" }
        ) { paymentAuthorization { id } }
      }`,
    );
    const before = await server.database.pool.query("select updated_at from payment_charges");

    keys.unshift(NEW);
    expect(await secretOf(by, id)).toBe("seti_Secret");
    expect(await find(by, "SETI_secret")).toEqual([id]);
    expect(await rotation(NEW, OLD).rotate()).toEqual({ keyId: "new", count: 2 });

    keys.splice(0, keys.length, NEW);
    expect(await secretOf(by, id)).toBe("seti_Secret");
    expect(await find(by, "SETI_secret")).toEqual([id]);
    const held = await server.ask<{ paymentAuthorization: { providerSecret: string } }>(
      by.token,
      "query ($id: ID!) { paymentAuthorization(id: $id) { providerSecret } }",
      { id: authorization.createPaymentAuthorization.paymentAuthorization.id },
    );
    expect(held.paymentAuthorization.providerSecret).toBe("held");
    // Re-encryption does not count as a change of the record.
    const after = await server.database.pool.query("select updated_at from payment_charges");
    expect(after.rows).toEqual(before.rows);
    expect(await rotation(NEW).rotate()).toEqual({ keyId: "new", count: 0 });
  });

  it("encrypts the secrets of webhook endpoints, the previous one included", async () => {
    const { keys, by } = await startWith(OLD);
    const { id, secret: previous } = await newEndpoint(server, by.token);
    const { secret } = await rotateSecret(server, by.token, id);
    const once = await newEndpoint(server, by.token);
    keys.unshift(NEW);
    expect(await rotation(NEW, OLD).rotate()).toEqual({ keyId: "new", count: 3 });
    const store = new WebhookEndpointStore(server.database);
    const box = new SecretBox(() => [NEW]);
    const secretsOf = async (endpoint: string): Promise<string[]> => {
      const stored = (await store.find({ merchantId: by.id, id: endpoint }))!;
      return openWebhookSecrets(box, stored, stored.updatedAt);
    };
    expect(await secretsOf(id)).toEqual([secret, previous]);
    expect(await secretsOf(once.id)).toEqual([once.secret]);
  });

  it("re-encrypts any number of secrets of any merchants", async () => {
    const { by } = await startWith(OLD, NEW);
    const other = await server.createMerchant();
    const sealing = new ProviderSecrets(new SecretBox(() => [OLD]));
    const rows = Array.from({ length: MANY }, (_, index) => {
      const owner = { merchantId: index % 2 === 0 ? by.id : other.id, id: newId() };
      return { ...owner, ...sealing.seal(`secret ${String(index)}`, owner) };
    });
    const of = (key: keyof (typeof rows)[number]): unknown[] => rows.map((row) => row[key]);
    await server.database.pool.query(
      `insert into payment_charges (merchant_id, id, status, is_frozen, mode, provider, amount_in_cents,
         deposit_in_cents, currency, provider_secret_key_id, provider_secret_sealed,
         provider_secret_digest, provider_secret_folded_digest)
       select m, i, 'CREATED', false, 'REQUEST', 'STRIPE', 1, 0, 'USD', k, s, d, f
       from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bytea[], $5::bytea[], $6::bytea[])
         as r(m, i, k, s, d, f)`,
      [
        of("merchantId"),
        of("id"),
        of("providerSecretKeyId"),
        of("providerSecretSealed"),
        of("providerSecretDigest"),
        of("providerSecretFoldedDigest"),
      ],
    );
    expect(await rotation(NEW, OLD).rotate()).toEqual({ keyId: "new", count: MANY });
    const { rows: left } = await server.database.pool.query(
      "select distinct provider_secret_key_id as key from payment_charges",
    );
    expect(left).toEqual([{ key: "new" }]);
    expect(await find(by, "secret 1098")).toHaveLength(1);
    expect(await find(by, "secret 1099")).toHaveLength(0);
    expect(await find(other, "secret 1099")).toHaveLength(1);
  });

  it("can still compare retries while the key of their secret is configured", async () => {
    const { keys, by } = await startWith(OLD);
    const retry = async (secret: string | null): Promise<string | undefined> => {
      const { createPaymentCharge } = await server.ask<{
        createPaymentCharge: {
          paymentCharge: { id: string } | null;
          userErrors: { code: string }[];
        };
      }>(
        by.token,
        `mutation ($secret: String) {
          createPaymentCharge(input: {
            amountInCents: 1, providerSecret: $secret, idempotencyKey: "6f1b9f0e-1c1f-4a86-9a43-0d8c3f3b7e55"
          }) { paymentCharge { id } userErrors { code } }
        }`,
        { secret },
      );
      return createPaymentCharge.paymentCharge?.id ?? createPaymentCharge.userErrors[0]?.code;
    };
    const id = await retry("first");
    keys.unshift(NEW);
    await rotation(NEW, OLD).rotate();
    expect(await retry("first")).toBe(id);
    expect(await retry("other")).toBe("IDEMPOTENCY_KEY_REUSED");
    keys.pop();
    expect(await retry("first")).toBe(id);
    expect(await retry(null)).toBe("IDEMPOTENCY_KEY_REUSED");
  });

  it("reports a missing key, and loses nothing", async () => {
    const { by } = await startWith(OLD);
    const id = await create(by, "kept");
    await expect(rotation(NEW).rotate()).rejects.toThrow("the key old of provider secrets");
    expect(await secretOf(by, id)).toBe("kept");
  });
});

describe("a sealed secret", () => {
  it("can be decrypted only for its own record, and not if a byte was changed", async () => {
    const { by } = await startWith(OLD);
    const [one, two] = [await create(by, "one"), await create(by, "two")];
    await server.database.pool.query(
      `update payment_charges set provider_secret_sealed =
         (select provider_secret_sealed from payment_charges where id = $1) where id = $2`,
      [one, two],
    );
    const query = "query ($id: ID!) { paymentCharge(id: $id) { providerSecret } }";
    const swapped = await server.send(by.token, query, { id: two });
    expect(swapped.errors?.[0]?.extensions.code).toBe("INTERNAL_SERVER_ERROR");

    await server.database.pool.query(
      `update payment_charges set provider_secret_sealed =
         set_byte(provider_secret_sealed, 13, get_byte(provider_secret_sealed, 13) # 1) where id = $1`,
      [one],
    );
    const changed = await server.send(by.token, query, { id: one });
    expect(changed.errors?.[0]?.extensions.code).toBe("INTERNAL_SERVER_ERROR");
    expect(JSON.stringify([swapped, changed])).not.toMatch(/one|two/);
  });

  it("is refused by a server without a key, with the variable to set", async () => {
    const { by } = await startWith();
    const data = await server.ask<{ createPaymentCharge: { userErrors: unknown[] } }>(
      by.token,
      `mutation {
        createPaymentCharge(input: { amountInCents: 1, providerSecret: "s" }) {
          userErrors { code field message }
        }
      }`,
    );
    expect(data.createPaymentCharge.userErrors).toMatchObject([
      {
        code: "INVALID",
        field: ["providerSecret"],
        message: expect.stringContaining("PROVIDER_SECRET_KEYS") as string,
      },
    ]);
  });
});
