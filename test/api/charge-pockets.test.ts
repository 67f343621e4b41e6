import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../src/shared/uuid.js";
import {
  balanceOf,
  charge,
  chargePockets,
  newPhoneNumber,
  sendCharges,
} from "../support/pockets.js";
import { type TestMerchant, TestServer } from "../support/server.js";

let server: TestServer;
let merchant: TestMerchant;
let other: TestMerchant;
let slug: string;

beforeAll(async () => {
  server = await TestServer.start();
  merchant = await server.createMerchant();
  other = await server.createMerchant();
  slug = await server.createGroup({}, merchant, other);
});

afterAll(() => server.stop());

describe("a good charge", () => {
  it("is answered SUCCESS with the charge and the balance after it", async () => {
    const sent = charge({ phoneNumber: newPhoneNumber() });
    const [result] = await chargePockets(server, merchant.token, slug, [sent]);
    expect(result).toEqual({
      ...sent,
      status: "SUCCESS",
      message: "Charge was successful.",
      code: null,
      pocketCharge: {
        id: expect.stringMatching(/^[0-9a-f-]{14}7/) as string,
        ...sent,
        balanceAfter: sent.amount,
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) as string,
      },
    });
  });

  it("creates the pocket, and adds to it afterwards", async () => {
    const phoneNumber = newPhoneNumber();
    expect(await balanceOf(server, merchant.token, slug, phoneNumber)).toBeNull();
    await chargePockets(server, merchant.token, slug, [charge({ phoneNumber, amount: 5 })]);
    await chargePockets(server, other.token, slug, [charge({ phoneNumber, amount: 7 })]);
    expect(await balanceOf(server, merchant.token, slug, phoneNumber)).toBe(12);
  });

  it("accepts a token in upper case and stores it in lower case", async () => {
    const token = newId();
    const [result] = await chargePockets(server, merchant.token, slug, [
      charge({ token: token.toUpperCase() }),
    ]);
    expect(result).toMatchObject({ status: "SUCCESS", token, pocketCharge: { token } });
  });

  it("takes an amount as a string of digits, up to 2^53-1", async () => {
    const phoneNumber = newPhoneNumber();
    const sent = { ...charge({ phoneNumber }), amount: "9007199254740991" };
    const [result] = await chargePockets(server, merchant.token, slug, [sent]);
    expect(result).toMatchObject({ status: "SUCCESS", amount: 9_007_199_254_740_991 });
    expect(await balanceOf(server, merchant.token, slug, phoneNumber)).toBe(9_007_199_254_740_991);
  });

  it.each(["989123456789", "+989123456789", "00989123456789", "09123456789", "9123456789"])(
    "takes %s for 989123456789",
    async (phoneNumber) => {
      const [result] = await chargePockets(server, merchant.token, slug, [charge({ phoneNumber })]);
      expect(result).toMatchObject({
        status: "SUCCESS",
        phoneNumber: "989123456789",
        pocketCharge: { phoneNumber: "989123456789" },
      });
    },
  );

  it("may use a token that another group has used", async () => {
    const elsewhere = await server.createGroup({}, merchant);
    const sent = charge({ phoneNumber: newPhoneNumber() });
    await chargePockets(server, merchant.token, slug, [sent]);
    const [result] = await chargePockets(server, merchant.token, elsewhere, [sent]);
    expect(result).toMatchObject({
      status: "SUCCESS",
      pocketCharge: { balanceAfter: sent.amount },
    });
  });
});

describe("a used token", () => {
  it("is a DUPLICATE_TOKEN for the same number and amount, with the earlier charge, and charges nothing", async () => {
    const phoneNumber = newPhoneNumber();
    const sent = charge({ phoneNumber });
    const [first] = await chargePockets(server, merchant.token, slug, [sent]);
    const [again] = await chargePockets(server, merchant.token, slug, [
      { ...sent, token: sent.token.toUpperCase(), phoneNumber: `+${phoneNumber}` },
    ]);
    expect(again).toEqual({
      token: sent.token.toUpperCase(),
      phoneNumber: `+${phoneNumber}`,
      amount: sent.amount,
      status: "ERROR",
      message: "Duplicate token.",
      code: "DUPLICATE_TOKEN",
      pocketCharge: first?.pocketCharge,
    });
    expect(await balanceOf(server, merchant.token, slug, phoneNumber)).toBe(sent.amount);
  });

  it.each([
    ["another amount", { amount: 10_001 }],
    ["another number", { phoneNumber: "989129999999" }],
    ["an invalid number", { phoneNumber: "12" }],
    ["an invalid amount", { amount: 0 }],
  ])("is a TOKEN_CONFLICT with %s", async (_, changed) => {
    const sent = charge({ phoneNumber: newPhoneNumber() });
    const [first] = await chargePockets(server, merchant.token, slug, [sent]);
    const [again] = await chargePockets(server, merchant.token, slug, [{ ...sent, ...changed }]);
    expect(again).toMatchObject({
      ...changed,
      status: "ERROR",
      code: "TOKEN_CONFLICT",
      message: "Duplicate token.",
      pocketCharge: first?.pocketCharge,
    });
  });

  it("of another merchant is refused without that merchant's charge", async () => {
    const sent = charge({ phoneNumber: newPhoneNumber() });
    await chargePockets(server, other.token, slug, [sent]);
    const results = await chargePockets(server, merchant.token, slug, [
      sent,
      { ...sent, amount: 1 },
    ]);
    expect(results).toMatchObject([
      { code: "DUPLICATE_TOKEN", pocketCharge: null },
      { code: "TOKEN_CONFLICT", pocketCharge: null },
    ]);
  });

  it("earlier in the same batch counts as used", async () => {
    const sent = charge({ phoneNumber: newPhoneNumber() });
    const results = await chargePockets(server, merchant.token, slug, [
      sent,
      sent,
      { ...sent, amount: 20_000 },
    ]);
    expect(results).toMatchObject([
      { status: "SUCCESS" },
      {
        status: "ERROR",
        code: "DUPLICATE_TOKEN",
        pocketCharge: { id: results[0]?.pocketCharge?.id },
      },
      {
        status: "ERROR",
        code: "TOKEN_CONFLICT",
        pocketCharge: { id: results[0]?.pocketCharge?.id },
      },
    ]);
  });

  it("is reported before violations of the group's current limits", async () => {
    const limited = await server.createGroup({}, merchant);
    const sent = charge({ phoneNumber: newPhoneNumber() });
    await chargePockets(server, merchant.token, limited, [sent]);
    await server.app.services.pocketGroups.update(limited, {
      maxChargeAmount: 5,
      maxPocketBalance: 5,
    });
    const [again] = await chargePockets(server, merchant.token, limited, [sent]);
    expect(again).toMatchObject({ code: "DUPLICATE_TOKEN" });
  });
});

describe("a refused charge", () => {
  it.each([
    ["no UUID", "abc"],
    ["a UUID of version 4", randomUUID()],
    ["a UUID of version 7 with a wrong variant", "01988f7a-d22b-7c3d-077f-27af99c2a5a5"],
    ["a UUID with a space", ` ${newId()}`],
    ["nothing", ""],
  ])("is INVALID_TOKEN for %s", async (_, token) => {
    const [result] = await chargePockets(server, merchant.token, slug, [charge({ token })]);
    expect(result).toMatchObject({
      status: "ERROR",
      code: "INVALID_TOKEN",
      token,
      pocketCharge: null,
    });
  });

  it.each([
    "",
    "12",
    "98912345678",
    "9891234567890",
    "988123456789",
    "+9809123456789",
    "0912.345.6789",
    "९१२३४५६७८९०",
  ])("is INVALID_PHONE_NUMBER for %j, which it echoes", async (phoneNumber) => {
    const [result] = await chargePockets(server, merchant.token, slug, [charge({ phoneNumber })]);
    expect(result).toMatchObject({
      status: "ERROR",
      code: "INVALID_PHONE_NUMBER",
      phoneNumber,
      pocketCharge: null,
    });
  });

  it.each([0, -1, -9_007_199_254_740_991])("is INVALID_AMOUNT for %d", async (amount) => {
    const [result] = await chargePockets(server, merchant.token, slug, [charge({ amount })]);
    expect(result).toMatchObject({ status: "ERROR", code: "INVALID_AMOUNT", amount });
  });

  it("has the matching code outside the group's limits, and succeeds on them", async () => {
    const limited = await server.createGroup(
      { minChargeAmount: 10, maxChargeAmount: 100, maxPocketBalance: 150 },
      merchant,
    );
    const phoneNumber = newPhoneNumber();
    const amounts = [9, 10, 101, 100, 41, 40, 10];
    const results = await chargePockets(
      server,
      merchant.token,
      limited,
      amounts.map((amount) => charge({ phoneNumber, amount })),
    );
    expect(results.map(({ code, pocketCharge }) => code ?? pocketCharge?.balanceAfter)).toEqual([
      "BELOW_MIN_CHARGE_AMOUNT",
      10,
      "ABOVE_MAX_CHARGE_AMOUNT",
      110,
      "ABOVE_MAX_POCKET_BALANCE",
      150,
      "ABOVE_MAX_POCKET_BALANCE",
    ]);
  });

  it("cannot raise a balance over 2^53-1 in a group without a limit", async () => {
    const phoneNumber = newPhoneNumber();
    const amounts = [9_007_199_254_740_990, 2, 1, 1];
    const results = await chargePockets(
      server,
      merchant.token,
      slug,
      amounts.map((amount) => charge({ phoneNumber, amount })),
    );
    expect(results.map(({ code }) => code)).toEqual([
      null,
      "ABOVE_MAX_POCKET_BALANCE",
      null,
      "ABOVE_MAX_POCKET_BALANCE",
    ]);
  });

  it("leaves no trace: its token can be reused, and no pocket is created", async () => {
    const limited = await server.createGroup({ maxPocketBalance: 100 }, merchant);
    const phoneNumber = newPhoneNumber();
    const token = newId();
    const refused = await chargePockets(server, merchant.token, limited, [
      charge({ token, phoneNumber, amount: 101 }),
    ]);
    expect(refused).toMatchObject([{ code: "ABOVE_MAX_POCKET_BALANCE" }]);
    expect(await balanceOf(server, merchant.token, limited, phoneNumber)).toBeNull();
    const accepted = await chargePockets(server, merchant.token, limited, [
      charge({ token, phoneNumber, amount: 101 }),
      charge({ token, phoneNumber, amount: 100 }),
    ]);
    expect(accepted).toMatchObject([
      { code: "ABOVE_MAX_POCKET_BALANCE" },
      { status: "SUCCESS", token },
    ]);
  });

  it("does not affect the other charges of its batch", async () => {
    const phoneNumber = newPhoneNumber();
    const results = await chargePockets(server, merchant.token, slug, [
      charge({ phoneNumber, amount: 1 }),
      charge({ token: "\u0000" }),
      charge({ phoneNumber: "\u0000'; drop table pockets; --" }),
      charge({ phoneNumber: "💰".repeat(1000) }),
      charge({ phoneNumber, amount: -5 }),
      charge({ phoneNumber, amount: 2 }),
    ]);
    expect(results.map(({ code }) => code)).toEqual([
      null,
      "INVALID_TOKEN",
      "INVALID_PHONE_NUMBER",
      "INVALID_PHONE_NUMBER",
      "INVALID_AMOUNT",
      null,
    ]);
    expect(await balanceOf(server, merchant.token, slug, phoneNumber)).toBe(3);
  });
});

describe("a batch", () => {
  it("of 1,000 is answered in the order sent, with an exact balance after each charge", async () => {
    const numbers = Array.from({ length: 7 }, newPhoneNumber);
    const balances = new Map<string, number>();
    const charges = Array.from({ length: 1_000 }, (_, index) =>
      charge({ phoneNumber: numbers[(index * 31) % 7] ?? "", amount: index + 1 }),
    );
    const results = await chargePockets(server, merchant.token, slug, charges);
    expect(results.map(({ token }) => token)).toEqual(charges.map(({ token }) => token));
    for (const { phoneNumber, amount, pocketCharge } of results) {
      const balance = (balances.get(phoneNumber) ?? 0) + amount;
      balances.set(phoneNumber, balance);
      expect(pocketCharge?.balanceAfter).toBe(balance);
    }
  });

  it.each([0, 1_001])("of %d charges is BAD_USER_INPUT and charges nothing", async (length) => {
    const charges = Array.from({ length }, () => charge());
    const before = await balanceOf(server, merchant.token, slug, "989120000000");
    const { status, data, errors } = await sendCharges(server, merchant.token, slug, charges);
    expect({ status, data, code: errors?.[0]?.extensions.code }).toEqual({
      status: 400,
      data: null,
      code: "BAD_USER_INPUT",
    });
    expect(errors?.[0]?.message).toContain("input.charges");
    expect(await balanceOf(server, merchant.token, slug, "989120000000")).toBe(before);
  });

  it.each([
    ["2^53", "9007199254740992"],
    ["a fraction", 1.5],
    ["a word", "many"],
    ["a number JSON cannot carry", 9_007_199_254_740_992],
  ])("with %s for an amount is BAD_USER_INPUT", async (_, amount) => {
    const { status, errors } = await sendCharges(server, merchant.token, slug, [
      { ...charge(), amount },
    ]);
    expect({ status, code: errors?.[0]?.extensions.code }).toEqual({
      status: 400,
      code: "BAD_USER_INPUT",
    });
    expect(errors?.[0]?.message).toContain("charges[0].amount");
  });
});

describe("a request as a whole", () => {
  const codeOf = async (token: string | null, group: string): Promise<unknown> => {
    const { status, data, errors } = await sendCharges(server, token, group, [charge()]);
    expect(data ?? null).toBeNull();
    return { status, code: errors?.[0]?.extensions.code };
  };

  it("for an unknown group is NOT_FOUND", async () => {
    expect(await codeOf(merchant.token, "no-such-group")).toEqual({
      status: 404,
      code: "NOT_FOUND",
    });
  });

  it("for a group that is not granted is FORBIDDEN", async () => {
    const foreign = await server.createGroup({}, other);
    expect(await codeOf(merchant.token, foreign)).toEqual({ status: 403, code: "FORBIDDEN" });
  });

  it("for an inactive group is FORBIDDEN, while its charges can still be traced", async () => {
    const closing = await server.createGroup({}, merchant);
    const sent = charge({ phoneNumber: newPhoneNumber() });
    await chargePockets(server, merchant.token, closing, [sent]);
    await server.app.services.pocketGroups.update(closing, { isActive: false });
    expect(await codeOf(merchant.token, closing)).toEqual({ status: 403, code: "FORBIDDEN" });
    expect(await balanceOf(server, merchant.token, closing, sent.phoneNumber)).toBe(sent.amount);
  });

  it("needs the scope POCKETS_CHARGE", async () => {
    const reader = await server.createToken({ merchantId: merchant.id, scopes: ["POCKETS_READ"] });
    expect(await codeOf(reader, slug)).toEqual({ status: 403, code: "FORBIDDEN" });
    expect(await codeOf(server.operatorToken, slug)).toEqual({ status: 403, code: "FORBIDDEN" });
    expect(await codeOf(null, slug)).toEqual({ status: 401, code: "UNAUTHENTICATED" });
  });

  it("returns SERVICE_UNAVAILABLE on a full disk, charges nothing, and can be retried", async () => {
    const { pool } = server.database;
    await pool.query(`create function fail_as_full() returns trigger language plpgsql as $$
      begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$;
      create trigger full_disk before insert on pocket_ledger execute function fail_as_full()`);
    const sent = charge({ phoneNumber: newPhoneNumber() });
    const { status, errors } = await sendCharges(server, merchant.token, slug, [sent]);
    await pool.query("drop function fail_as_full cascade");
    expect(status).toBe(503);
    expect(errors).toMatchObject([{ extensions: { code: "SERVICE_UNAVAILABLE" } }]);
    const [result] = await chargePockets(server, merchant.token, slug, [sent]);
    expect(result).toMatchObject({
      status: "SUCCESS",
      pocketCharge: { balanceAfter: sent.amount },
    });
  });
});
