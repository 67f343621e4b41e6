import type { MerchantCaller } from "../../src/callers/caller.js";
import { MERCHANT_SCOPES } from "../../src/callers/api-scope.js";
import type { CreatePaymentCharge } from "../../src/payments/charges/payment-charge.js";
import type { CreatePaymentAuthorization } from "../../src/payments/authorizations/payment-authorization.js";
import type { CreatePaymentRefund } from "../../src/payments/refunds/payment-refund.js";
import { newId } from "../../src/shared/uuid.js";
import { type TestServer, made } from "./server.js";

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
    pocket: pocketOf("989120000001"),
    pocketAlone: pocketOf("989120000002"),
  };
}

async function paymentsOf({ app: { services } }: TestServer, merchantId: string) {
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
  return {
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
