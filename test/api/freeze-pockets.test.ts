import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../src/shared/uuid.js";
import { charge, chargePockets, newPhoneNumber } from "../support/pockets.js";
import { type TestMerchant, TestServer } from "../support/server.js";

let server: TestServer;
let merchant: TestMerchant;
let slug: string;

beforeAll(async () => {
  server = await TestServer.start();
  merchant = await server.createMerchant();
  slug = await server.createGroup({}, merchant);
});

afterAll(() => server.stop());

const UPDATE = `mutation ($slug: String!, $number: String!, $input: UpdatePocketInput!) {
  updatePocket(pocketGroupSlug: $slug, phoneNumber: $number, input: $input) {
    pocket { phoneNumber balance isFrozen freezeScope freezeReason createdAt updatedAt }
    userErrors { code field }
  }
}`;

interface Updated {
  updatePocket: {
    pocket: Record<string, unknown> | null;
    userErrors: { code: string; field: string[] }[];
  };
}

interface Where {
  readonly as?: string;
  readonly in?: string;
}

function send(number: string, input: object, where: Where = {}) {
  const { as = merchant.token, in: group = slug } = where;
  return server.send<Updated | null>(as, UPDATE, { slug: group, number, input });
}

async function update(
  number: string,
  input: object,
  where?: Where,
): Promise<Updated["updatePocket"]> {
  const { data, errors } = await send(number, input, where);
  expect(errors).toBeUndefined();
  return data!.updatePocket;
}

async function newPocket(amount = 1_000, group = slug): Promise<string> {
  const phoneNumber = newPhoneNumber();
  await chargePockets(server, merchant.token, group, [charge({ phoneNumber, amount })]);
  return phoneNumber;
}

async function chargeOne(phoneNumber: string): Promise<string> {
  const [result] = await chargePockets(server, merchant.token, slug, [charge({ phoneNumber })]);
  return result!.code ?? result!.status;
}

async function debitOne(phoneNumber: string): Promise<string> {
  const data = await server.ask<{
    debitPockets: { results: { status: string; code: string | null }[] };
  }>(
    merchant.token,
    `mutation ($input: DebitPocketsInput!) { debitPockets(input: $input) { results { status code } } }`,
    { input: { pocketGroupSlug: slug, debits: [{ token: newId(), phoneNumber, amount: 1 }] } },
  );
  const [result] = data.debitPockets.results;
  return result!.code ?? result!.status;
}

describe("updatePocket", () => {
  it("freezes a pocket with a reason, and lifts the freeze", async () => {
    const number = await newPocket();
    const frozen = await update(number, { freeze: "DEBITS", reason: "Reported as stolen" });
    expect(frozen).toMatchObject({
      pocket: {
        phoneNumber: number,
        balance: 1_000,
        isFrozen: true,
        freezeScope: "DEBITS",
        freezeReason: "Reported as stolen",
      },
      userErrors: [],
    });
    const lifted = await update(number, { freeze: "NONE", reason: null });
    expect(lifted.pocket).toMatchObject({ isFrozen: false, freezeScope: "NONE" });
    expect(lifted.pocket!["freezeReason"]).toBeNull();
    expect(lifted.pocket!["createdAt"]).toBe(frozen.pocket!["createdAt"]);
    expect(String(lifted.pocket!["updatedAt"]) > String(frozen.pocket!["updatedAt"])).toBe(true);
  });

  it("keeps what the input omits, and changes nothing if nothing differs", async () => {
    const number = await newPocket();
    const { pocket } = await update(number, { freeze: "BOTH", reason: "Lost" });
    const again = await update(number, { freeze: "BOTH" });
    expect(again.pocket).toEqual(pocket);
    const renamed = await update(number, { reason: "Stolen" });
    expect(renamed.pocket).toMatchObject({ freezeScope: "BOTH", freezeReason: "Stolen" });
  });

  it.each([
    ["NONE", "SUCCESS", "SUCCESS"],
    ["CREDITS", "POCKET_FROZEN", "SUCCESS"],
    ["DEBITS", "SUCCESS", "POCKET_FROZEN"],
    ["BOTH", "POCKET_FROZEN", "POCKET_FROZEN"],
  ])("with %s answers charges %s and debits %s", async (freeze, charged, debited) => {
    const number = await newPocket();
    await update(number, { freeze });
    expect([await chargeOne(number), await debitOne(number)]).toEqual([charged, debited]);
  });

  it("is allowed for operators, also in an inactive group, which refuses merchants", async () => {
    const inactive = await server.createGroup({}, merchant);
    const number = await newPocket(1_000, inactive);
    await server.app.services.pocketGroups.update(inactive, { isActive: false });
    const refused = await send(number, { freeze: "BOTH" }, { in: inactive });
    expect(refused.errors?.[0]?.extensions.code).toBe("FORBIDDEN");
    const where = { as: server.operatorToken, in: inactive };
    const { pocket } = await update(number, { freeze: "BOTH" }, where);
    expect(pocket).toMatchObject({ freezeScope: "BOTH" });
  });

  it("needs the scope POCKETS_DEBIT and a grant", async () => {
    const number = await newPocket();
    const scopes = ["POCKETS_CHARGE", "POCKETS_REVERSE", "POCKETS_READ"] as const;
    const other = await server.createMerchant();
    for (const as of [await server.createToken({ merchantId: merchant.id, scopes }), other.token]) {
      const { data, errors } = await send(number, { freeze: "BOTH" }, { as });
      expect(data).toBeNull();
      expect(errors?.[0]?.extensions.code).toBe("FORBIDDEN");
    }
    expect(await chargeOne(number)).toBe("SUCCESS");
  });

  it("answers NOT_FOUND for an unknown group and for a number without a pocket", async () => {
    const number = await newPocket();
    const unknown = [
      await send(newPhoneNumber(), { freeze: "BOTH" }),
      await send(number, { freeze: "BOTH" }, { in: "there-is-none" }),
    ];
    expect(unknown.map(({ errors }) => errors?.[0]?.extensions.code)).toEqual([
      "NOT_FOUND",
      "NOT_FOUND",
    ]);
    const malformed = await send("12", { freeze: "BOTH" });
    expect(malformed.errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
  });

  it("refuses null for the freeze and a reason above 500 characters", async () => {
    const number = await newPocket();
    const refused = await update(number, { freeze: null, reason: "x".repeat(501) });
    expect(refused).toEqual({
      pocket: null,
      userErrors: [
        { code: "REQUIRED", field: ["freeze"] },
        { code: "TOO_LONG", field: ["reason"] },
      ],
    });
  });

  it("refuses every charge and debit that begins after its response, however many are under way", async () => {
    for (let round = 0; round < 5; round++) {
      const number = await newPocket();
      let isAnswered = false;
      const late: string[] = [];
      const caller = async (one: (phoneNumber: string) => Promise<string>): Promise<void> => {
        for (let turn = 0; turn < 12; turn++) {
          const isLate = isAnswered;
          const outcome = await one(number);
          if (isLate) late.push(outcome);
        }
      };
      const callers = [chargeOne, debitOne].flatMap((one) => [1, 2, 3, 4].map(() => caller(one)));
      await update(number, { freeze: "BOTH" });
      isAnswered = true;
      await Promise.all(callers);
      expect(new Set([...late, await chargeOne(number)])).toEqual(new Set(["POCKET_FROZEN"]));
    }
  });

  it("keeps concurrent changes in order, each with its own audit entry", async () => {
    const number = await newPocket();
    const reasons = Array.from({ length: 16 }, (_, index) => `Reason ${String(index)}`);
    const answers = await Promise.all(reasons.map((reason) => update(number, { reason })));
    const times = answers.map(({ pocket }) => pocket!["updatedAt"]);
    expect(new Set(times).size).toBe(reasons.length);
    const { rows } = await server.database.pool.query(
      `select from audit_entries a join pockets p on p.id = a.record_id
       where p.phone_number = $1 and a.operation = 'updatePocket'`,
      [number],
    );
    expect(rows).toHaveLength(reasons.length);
  });
});
