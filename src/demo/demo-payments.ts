import type { MerchantCaller } from "../callers/caller.js";
import type { Composed } from "../app/services.js";
import { assert } from "../shared/assert.js";
import { instantDaysAgo } from "./days-ago.js";
import type { Origin } from "../shared/origin.js";
import type { Outcome } from "../shared/user-error.js";
import {
  AUTHORIZATION_STATUSES,
  CHARGE_COUNT,
  DAYS,
  NAMES,
  ORDER_COUNT,
  ORDER_STATUSES,
  REFUND_STATUSES,
  type RecordKind,
  amountOf,
  chargeOf,
  idOf,
  merchantDataOf,
  pick,
} from "./demo-records.js";

const AT_ONCE = 8;

/**
 * A year of sample payments: customers, orders, methods, and charges in every status with refunds and
 * authorizations. The services create them, so that all rules apply. They have one currency, so that they can
 * be summed, and fixed ids, so that existing records are left unchanged.
 */
export class DemoPayments {
  private readonly now = Date.now();
  private isFirst = false;

  constructor(
    private readonly services: Composed["services"],
    private readonly caller: MerchantCaller,
  ) {}

  /** Whether all records exist: the last charge is created last. */
  async isWhole(): Promise<boolean> {
    const last = idOf("charge", CHARGE_COUNT - 1);
    return (await this.services.charges.find(this.caller, last)) !== null;
  }

  /** @param isFirst whether no earlier run has created any records. */
  async seed(isFirst: boolean): Promise<void> {
    this.isFirst = isFirst;
    await inOrder(NAMES.length, (index) => this.makeCustomer(index));
    await inOrder(ORDER_COUNT, (index) => this.makeOrder(index));
    await sideBySide(NAMES.length, (index) => this.makeMethod(index));
    await sideBySide(AUTHORIZATION_STATUSES.length, (index) => this.makeAuthorization(index));
    await sideBySide(CHARGE_COUNT - 1, (index) => this.makeCharge(index));
    await this.makeCharge(CHARGE_COUNT - 1);
  }

  private async makeCustomer(index: number): Promise<void> {
    const { customers } = this.services;
    const origin = this.origin("customer", index, DAYS);
    if (await this.isThere(() => customers.find(this.caller, origin.id))) return;
    const name = pick(NAMES, index);
    const email = `customer${String(index + 1)}@example.com`;
    const phoneNumber = `9891200000${String(index).padStart(2, "0")}`;
    const customer = { name, email, phoneNumber, ...merchantDataOf("CRM", index) };
    made(await customers.create(this.caller, customer, origin));
  }

  private async makeOrder(index: number): Promise<void> {
    const { orders } = this.services;
    const origin = this.origin("order", index, DAYS - (index * DAYS) / ORDER_COUNT);
    if (await this.isThere(() => orders.find(this.caller, origin.id))) return;
    const order = {
      customerId: idOf("customer", index % NAMES.length),
      totalInCents: amountOf(index) * 3,
      status: pick(ORDER_STATUSES, index),
      ...merchantDataOf("SO", index),
    };
    made(await orders.create(this.caller, order, origin));
  }

  private async makeMethod(index: number): Promise<void> {
    const { methods } = this.services;
    const origin = this.origin("method", index, DAYS);
    if (await this.isThere(() => methods.find(this.caller, origin.id))) return;
    const method = {
      provider: "STRIPE",
      identifier: `pm_demo_${String(index + 1)}`,
      methodType: "card",
      label: `Visa •••• ${String(4242 + index)}`,
      customerId: idOf("customer", index),
    } as const;
    made(await methods.create(this.caller, method, origin));
  }

  private async makeAuthorization(index: number): Promise<void> {
    const { authorizations } = this.services;
    const origin = this.origin("authorization", index, DAYS / 2 - index);
    if (await this.isThere(() => authorizations.find(this.caller, origin.id))) return;
    const authorization = {
      mode: "TERMINAL",
      status: pick(AUTHORIZATION_STATUSES, index),
      amountInCents: 20_000,
      depositInCents: 5_000,
      customerId: idOf("customer", index),
      description: "Held for a rental",
      ...merchantDataOf("AUTH", index),
    } as const;
    made(await authorizations.create(this.caller, authorization, origin));
  }

  private async makeCharge(index: number): Promise<void> {
    const { charges } = this.services;
    const origin = this.origin("charge", index, DAYS - (index * DAYS) / CHARGE_COUNT);
    const earlier = this.isFirst ? null : await charges.find(this.caller, origin.id);
    const charge = earlier ?? made(await charges.create(this.caller, chargeOf(index), origin));
    if (charge.status === "SUCCEEDED" && index % 5 === 0) await this.makeRefund(index);
  }

  /** Refunds half of the charge's amount, two days after it. */
  private async makeRefund(index: number): Promise<void> {
    const { refunds } = this.services;
    const daysAgo = Math.max(DAYS - (index * DAYS) / CHARGE_COUNT - 2, 0);
    const origin = this.origin("refund", index, daysAgo);
    if (await this.isThere(() => refunds.find(this.caller, origin.id))) return;
    const refund = {
      paymentChargeId: idOf("charge", index),
      status: pick(REFUND_STATUSES, index / 5),
      amountInCents: Math.floor(amountOf(index) / 2),
      reason: "Brought back early",
      ...merchantDataOf("RMA", index),
    };
    made(await refunds.create(this.caller, refund, origin));
  }

  private origin(kind: RecordKind, index: number, daysAgo: number): Origin {
    return { id: idOf(kind, index), at: instantDaysAgo(this.now, daysAgo) };
  }

  /** Whether an earlier run has created a record; a first run need not look for it. */
  private async isThere(find: () => Promise<object | null>): Promise<boolean> {
    return !this.isFirst && (await find()) !== null;
  }
}

function made<T>(outcome: Outcome<T>): T {
  assert(outcome.isDone, `a demo record was refused: ${JSON.stringify(outcome)}`);
  return outcome.value;
}

/** Creates records one after the other, so that their numbers are in the order of the index. */
async function inOrder(count: number, make: (index: number) => Promise<void>): Promise<void> {
  for (let index = 0; index < count; index++) await make(index);
}

async function sideBySide(count: number, make: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < count) await make(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
