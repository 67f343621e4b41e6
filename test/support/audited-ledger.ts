import type { MerchantCaller } from "../../src/callers/caller.js";
import { MERCHANT_SCOPES } from "../../src/callers/api-scope.js";
import type { CreatePaymentCharge } from "../../src/payments/charges/payment-charge.js";
import type { CreatePaymentAuthorization } from "../../src/payments/authorizations/payment-authorization.js";
import type { CreatePaymentRefund } from "../../src/payments/refunds/payment-refund.js";
import type { ItemResult, ItemSuccess } from "../../src/pockets/ledger/item-result.js";
import { type Instant, instantOf } from "../../src/shared/instant.js";
import { newId } from "../../src/shared/uuid.js";
import { type TestServer, made } from "./server.js";
import { RECEIVER_URL, storeDelivery } from "./webhooks.js";

export type AuditedLedger = Awaited<ReturnType<typeof createAuditedLedger>>;

/** Creates records of every kind through the services: two pocket groups, and two merchants that use them. */
export async function createAuditedLedger(server: TestServer) {
  const { services } = server.app;
  const merchant = (await server.createMerchant("Audited")).id;
  const other = (await server.createMerchant("Other")).id;
  await server.createToken({ merchantId: merchant });
  const groups = {
    group: await server.createGroup(
      { slug: "audited" },
      { id: merchant, token: "" },
      { id: other, token: "" },
    ),
    second: await server.createGroup({ slug: "second" }, { id: other, token: "" }),
  };
  const own = await paymentsOf(server, merchant);
  const foreign = await paymentsOf(server, other);

  const by = (merchantId: string): MerchantCaller => ({
    tokenId: newId(),
    merchantId,
    employeeId: null,
    scopes: MERCHANT_SCOPES,
  });
  const charge = async (merchantId: string, slug: string, number: string, amount: number) => {
    const item = { token: newId(), phoneNumber: number, amount };
    const [result] = await services.chargePockets.charge(by(merchantId), slug, [item]);
    if (result?.status !== "SUCCESS") throw new Error(`refused: ${JSON.stringify(result)}`);
    return result.charge;
  };
  const first = await charge(merchant, groups.group, "989120000001", 100);
  const middle = await charge(merchant, groups.group, "989120000001", 200);
  const last = await charge(merchant, groups.group, "989120000001", 300);
  const alone = await charge(other, groups.group, "989120000002", 50);
  const elsewhere = await charge(other, groups.second, "989120000001", 7);
  const hold = { token: newId(), phoneNumber: "989120000001", amount: 5 };
  const [heldElsewhere] = await services.spendPockets.hold(by(other), groups.second, [hold]);
  const spending = await spendingOf(server, by(merchant), groups.group);

  const { rows } = await server.database.pool.query<{ id: string; phone: string }>(
    "select id, phone_number as phone from pockets where pocket_group_id = $1",
    [first.pocketGroupId],
  );
  const pocketOf = (phone: string): string => rows.find((row) => row.phone === phone)?.id ?? "";
  return {
    merchant,
    other,
    own,
    foreign,
    groupId: first.pocketGroupId,
    secondGroupId: elsewhere.pocketGroupId,
    charges: { first, middle, last, alone, elsewhere },
    heldElsewhere: doneIn(heldElsewhere).hold!,
    spending,
    pocket: pocketOf("989120000001"),
    pocketAlone: pocketOf("989120000002"),
    pocketSpent: pocketOf("989120000003"),
  };
}

/**
 * Changes a pocket in every way, an hour apart. Its balance is then 600, of which 150 is held.
 *
 * @returns the ids of the entries and holds.
 */
async function spendingOf({ app }: TestServer, caller: MerchantCaller, slug: string) {
  const phoneNumber = "989120000003";
  const now = Date.now();
  const timeAt = (hour: number) => instantOf(new Date(now - (20 - hour) * 3_600_000));
  const at = (hour: number) => {
    const { chargePockets, spendPockets } = app.services.pocketsAt(timeAt(hour));
    const item = (amount: number) => ({ token: newId(), phoneNumber, amount });
    return {
      charge: (amount: number) => chargePockets.charge(caller, slug, [item(amount)]),
      debit: async (amount: number) => {
        const [result] = await spendPockets.debit(caller, slug, [item(amount)]);
        return doneIn(result).entry!;
      },
      reverse: async (ofToken: string, amount: number) => {
        const reversal = { token: newId(), ofToken, amount };
        const [result] = await spendPockets.reverse(caller, slug, [reversal]);
        return doneIn(result).entry!.id;
      },
      hold: async (amount: number, expiresAt: Instant | null = null) => {
        const [result] = await spendPockets.hold(caller, slug, [{ ...item(amount), expiresAt }]);
        return doneIn(result).hold!;
      },
      capture: async (holdToken: string, amount: number, final: boolean) => {
        const capture = { token: newId(), holdToken, amount, final };
        const [result] = await spendPockets.capture(caller, slug, [capture]);
        return doneIn(result).entry!.id;
      },
      release: async (holdToken: string) => {
        const [result] = await spendPockets.release(caller, slug, [holdToken]);
        doneIn(result);
      },
    };
  };
  const [charged] = await at(1).charge(1_000);
  const debit = await at(2).debit(300);
  const smallDebit = await at(3).debit(40);
  const reversal = await at(4).reverse(debit.token, 100);
  const open = await at(5).hold(200);
  const captureOfOpen = await at(6).capture(open.token, 50, false);
  const captured = await at(7).hold(150);
  const capture = await at(8).capture(captured.token, 100, true);
  const released = await at(9).hold(80);
  await at(10).release(released.token);
  const expired = await at(11).hold(60, timeAt(12));
  await at(13).debit(10);
  if (charged?.status !== "SUCCESS") throw new Error(`refused: ${JSON.stringify(charged)}`);
  return {
    charge: charged.charge.id,
    debit: debit.id,
    smallDebit: smallDebit.id,
    /** Of the debit. */
    reversal,
    /** Open: 50 of 200 is captured. */
    open: open.id,
    captureOfOpen,
    /** Captured: 100 of 150. */
    captured: captured.id,
    capture,
    /** Released: 80. */
    released: { id: released.id, token: released.token },
    /** Expired: 60. */
    expired: { id: expired.id, token: expired.token },
  };
}

function doneIn(result: ItemResult | undefined): ItemSuccess {
  if (result?.status !== "SUCCESS") throw new Error(`refused: ${JSON.stringify(result)}`);
  return result;
}

/** Two endpoints, and three deliveries to the first: two of one subject that wait, and one that has ended. */
async function webhooksOf(server: TestServer, caller: MerchantCaller) {
  const { webhookEndpoints } = server.app.services;
  const endpoint = async () =>
    made(await webhookEndpoints.create(caller, { url: RECEIVER_URL })).webhookEndpoint.id;
  const endpoints = [await endpoint(), await endpoint()] as const;
  const deliver = (stored: Record<string, unknown>) =>
    storeDelivery(server, { id: caller.merchantId }, endpoints[0], stored);
  const of = { subject_id: newId() };
  return {
    endpoints,
    first: await deliver(of),
    second: await deliver({ ...of, position: 2, next_attempt_at: null }),
    ended: await deliver({ status: "CANCELED" }),
  };
}

async function paymentsOf(server: TestServer, merchantId: string) {
  const { services } = server.app;
  const employee = async (name: string) =>
    made(await services.employees.create({ merchantId, name, email: `${name}@example.com` })).id;
  const employees = [await employee("ada"), await employee("omar")] as const;
  const caller: MerchantCaller = {
    tokenId: newId(),
    merchantId,
    employeeId: employees[0],
    scopes: MERCHANT_SCOPES,
  };
  const customer = async (name: string) =>
    made(await services.customers.create(caller, { name })).id;
  const customers = [await customer("A"), await customer("B"), await customer("C")] as const;
  const order = async (customerId: string | null) =>
    made(await services.orders.create(caller, { customerId, totalInCents: 1_000 })).id;
  const orders = [await order(customers[0]), await order(null), await order(null)] as const;
  const method = async (customerId: string | null) => {
    const input = { provider: "STRIPE", identifier: "pm", methodType: "card", customerId } as const;
    return made(await services.methods.create(caller, input)).id;
  };
  const methods = [await method(customers[0]), await method(null), await method(null)] as const;

  const authorization = async (input: Partial<CreatePaymentAuthorization>) => {
    const defaults = { mode: "TERMINAL", status: "SUCCEEDED", amountInCents: 80 } as const;
    return made(await services.authorizations.create(caller, { ...defaults, ...input })).id;
  };
  const charge = async (
    input: Partial<CreatePaymentCharge>,
    ...statuses: ("STARTED" | "ACTION_REQUIRED")[]
  ) => {
    const { id } = made(await services.charges.create(caller, { amountInCents: 100, ...input }));
    for (const status of statuses) made(await services.charges.update(caller, id, { status }));
    return id;
  };
  const refund = async (input: CreatePaymentRefund) =>
    made(await services.refunds.create(caller, input)).id;

  const held = await authorization({});
  const toCapture = await authorization({});
  const toCaptureWhole = await authorization({ amountInCents: 60 });
  const capturedByHand = await authorization({ status: "CAPTURED" });
  const capture = { mode: "CAPTURE", status: "SUCCEEDED", amountInCents: 60 } as const;
  const keys = [newId(), newId()] as const;
  const paid = await charge({
    status: "SUCCEEDED",
    depositInCents: 50,
    orderId: orders[0],
    idempotencyKey: keys[0],
  });
  const webhooks = await webhooksOf(server, caller);
  return {
    webhooks,
    employees,
    customers,
    orders,
    methods,
    held,
    toCapture,
    capturedByHand,
    keys,
    /** Amount 100, deposit 50. A refund of 30 has succeeded; refunds of 20 and 10 are pending. */
    paid,
    created: await charge({ orderId: orders[0], idempotencyKey: keys[1] }),
    started: await charge({}, "STARTED"),
    waiting: await charge({}, "STARTED", "ACTION_REQUIRED"),
    failed: await charge({ status: "FAILED" }),
    offSession: await charge({
      mode: "OFF_SESSION",
      paymentMethodId: methods[0],
      customerId: customers[0],
    }),
    /** Has every reference that a charge can have. */
    referring: await charge({
      orderId: orders[1],
      customerId: customers[0],
      paymentMethodId: methods[1],
      paymentAuthorizationId: held,
    }),
    capturing: await charge({ ...capture, paymentAuthorizationId: toCapture }),
    capturingWhole: await charge({ ...capture, paymentAuthorizationId: toCaptureWhole }),
    refunded: await refund({ paymentChargeId: paid, amountInCents: 30, status: "SUCCEEDED" }),
    refunding: await refund({
      paymentChargeId: paid,
      amountInCents: 20,
      depositInCents: 10,
      status: "PENDING",
    }),
    refundFailed: await refund({ paymentChargeId: paid, amountInCents: 40, status: "FAILED" }),
    refundByHand: await refund({ provider: "NONE", amountInCents: 5 }),
  };
}
