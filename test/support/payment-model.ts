type Table = Readonly<Record<string, string>>;

const CHARGE_TRANSITIONS: Table = {
  CREATED: "STARTED ACTION_REQUIRED CANCELED EXPIRED SUCCEEDED FAILED",
  STARTED: "CREATED ACTION_REQUIRED PROCESSING SUCCEEDED FAILED EXPIRED CANCELED",
  ACTION_REQUIRED: "CREATED STARTED PROCESSING SUCCEEDED FAILED EXPIRED CANCELED",
  PROCESSING: "SUCCEEDED FAILED ACTION_REQUIRED CANCELED",
  SUCCEEDED: "FAILED",
  FAILED: "CREATED STARTED SUCCEEDED",
  CANCELED: "SUCCEEDED FAILED",
  EXPIRED: "SUCCEEDED FAILED",
};
const AUTHORIZATION_TRANSITIONS: Table = {
  CREATED: "STARTED ACTION_REQUIRED CANCELED EXPIRED SUCCEEDED FAILED",
  STARTED: "CREATED ACTION_REQUIRED SUCCEEDED FAILED EXPIRED CANCELED",
  ACTION_REQUIRED: "CREATED STARTED SUCCEEDED FAILED EXPIRED CANCELED",
  SUCCEEDED: "CAPTURED CANCELED EXPIRED FAILED",
  FAILED: "CREATED STARTED SUCCEEDED",
  CANCELED: "SUCCEEDED FAILED",
  EXPIRED: "SUCCEEDED FAILED",
  CAPTURED: "FAILED",
};
const REFUND_TRANSITIONS: Table = {
  CREATED: "PENDING CANCELED SUCCEEDED FAILED",
  PENDING: "ACTION_REQUIRED SUCCEEDED FAILED",
  ACTION_REQUIRED: "PENDING CANCELED SUCCEEDED FAILED",
  SUCCEEDED: "FAILED CANCELED",
  FAILED: "PENDING SUCCEEDED",
  CANCELED: "SUCCEEDED FAILED",
  EXPIRED: "",
};
export const CHARGE_STATUSES = Object.keys(CHARGE_TRANSITIONS);
export const AUTHORIZATION_STATUSES = Object.keys(AUTHORIZATION_TRANSITIONS);
export const REFUND_STATUSES = Object.keys(REFUND_TRANSITIONS);
/** Refund statuses that reserve money against other refunds, and all that count towards the refunded amount. */
const UNDER_WAY = ["CREATED", "PENDING", "ACTION_REQUIRED"];
const COUNTING = ["SUCCEEDED", ...UNDER_WAY];
const TIMES: Table = {
  SUCCEEDED: "succeededAt",
  FAILED: "failedAt",
  CANCELED: "canceledAt",
  EXPIRED: "expiredAt",
  CAPTURED: "capturedAt",
};
const MAX_AMOUNT = 2 ** 53 - 1;

type Text = string | null;
export type Part = "amount" | "deposit";
export const PARTS = ["amount", "deposit"] as const;
export type Money = Readonly<Record<Part, number>>;

/** The input of a charge, a refund or an authorization. */
export type Input = Partial<
  Record<TextField, Text | undefined> &
    Record<"amountInCents" | "depositInCents", number | null | undefined>
>;
type TextField =
  | "idempotencyKey"
  | "expectedUpdatedAt"
  | "status"
  | "mode"
  | "provider"
  | "currency"
  | "description"
  | "succeededAt"
  | "captureBefore"
  | "orderId"
  | "customerId"
  | "paymentMethodId"
  | "paymentAuthorizationId"
  | "paymentChargeId";

interface Owned {
  readonly merchant: string;
}

/** A charge, a refund or an authorization. Fields that a kind does not have are null. */
export interface Payment extends Owned {
  readonly id: string;
  status: string;
  mode: string;
  provider: string;
  amount: number;
  deposit: number;
  currency: string;
  description: Text;
  captureBefore: Text;
  paymentMethodId: Text;
  readonly orderId: Text;
  readonly customerId: Text;
  readonly paymentAuthorizationId: Text;
  readonly paymentChargeId: Text;
  isFrozen: boolean;
  /** The amounts that a charge has captured, or that were captured from an authorization. They never change. */
  captured: Money | null;
  /** Timestamps from the input, or the number of the change that set them. */
  times: Record<string, string | number>;
  history: { from: Text; to: string }[];
  /** The number of changes that moved updatedAt. */
  version: number;
}

export type Verdict =
  | { readonly kind: "not found" }
  | { readonly kind: "refused"; readonly findings: Findings }
  /** The server returns the record that the same key created. */
  | { readonly kind: "again"; readonly payment: Payment }
  | { readonly kind: "accepted"; readonly apply: (id: string) => Payment };

/** Refusals, each as its code and its field. */
export class Findings {
  readonly certain = new Set<string>();
  /** Refusals that the server may also report: once one rule is broken, others cannot always be checked. */
  readonly possible = new Set<string>();

  add(code: string, field: string, isCertain = true): void {
    (isCertain ? this.certain : this.possible).add(`${code} ${field}`);
  }

  has(...fields: string[]): boolean {
    return [...this.certain].some((finding) =>
      fields.some((field) => finding.endsWith(` ${field}`)),
    );
  }

  /** Leaves one certain refusal, which the server may report before it checks anything else. */
  leaveOnly(code: string, field: string): void {
    for (const finding of this.certain) this.possible.add(finding);
    this.certain.clear();
    this.add(code, field);
  }
}

/**
 * A simple model of the payment rules, one request at a time, that shares no code with the server. It judges a
 * request first; `apply` then makes the change, with the id that the server generated.
 */
export class PaymentModel {
  readonly charges = new Map<string, Payment>();
  readonly refunds = new Map<string, Payment>();
  readonly authorizations = new Map<string, Payment>();
  readonly orders = new Map<string, Owned & { currency: string; customerId: Text }>();
  readonly customers = new Map<string, Owned>();
  readonly methods = new Map<string, Owned & { customerId: Text }>();
  private readonly keys = new Map<string, { sent: string; id: string }>();

  constructor(private readonly defaultCurrencies: ReadonlyMap<string, string>) {}

  createCharge(merchant: string, input: Input): Verdict {
    const found = new Findings();
    const order = this.find(found, this.orders, merchant, "orderId", input.orderId);
    const customerId = this.customerOf(found, merchant, input, order);
    this.checkMethod(found, merchant, input.paymentMethodId, customerId);
    const authorization = this.authorizationOf(found, merchant, input);
    const { mode = "REQUEST", provider = authorization?.provider ?? "STRIPE" } = present(input);
    const isPaid = mode === "MANUAL" && provider === "NONE";
    const status = input.status ?? (isPaid ? "SUCCEEDED" : "CREATED");
    const money = checkMoney(found, input.amountInCents, input.depositInCents);
    checkMode(found, mode, input.paymentMethodId);
    if (mode === "CAPTURE" && !isGiven(input.paymentAuthorizationId)) {
      found.add("REQUIRED", "paymentAuthorizationId");
    }
    checkProvider(found, provider, authorization);
    const currency =
      input.currency ?? order?.currency ?? authorization?.currency ?? this.defaultOf(merchant);
    const differs = [order, authorization].some((it) => it && it.currency !== currency);
    const place = isGiven(input.currency) ? "currency" : "paymentAuthorizationId";
    if (differs) found.add("CURRENCY_MISMATCH", place);
    if (isGiven(input.succeededAt) && status !== "SUCCEEDED") found.add("INVALID", "succeededAt");
    const captures = mode === "CAPTURE" && status === "SUCCEEDED" ? authorization : undefined;
    if (captures) checkCapture(found, captures, money);

    const rest = { mode, provider, currency, customerId, ...money };
    return this.judgeNew("charge", this.charges, merchant, input, found, (id) => {
      const charge = newPayment(id, merchant, status, input, rest);
      charge.isFrozen = status !== "CREATED";
      if (captures) capture(charge, captures);
      return charge;
    });
  }

  updateCharge(merchant: string, id: string, updatedAt: string, input: Input): Verdict {
    const charge = this.charges.get(id);
    if (charge?.merchant !== merchant) return { kind: "not found" };
    const found = new Findings();
    refuseNulls(found, input, "status mode provider amountInCents depositInCents currency");
    const { amountInCents: amount = charge.amount, depositInCents: deposit = charge.deposit } =
      present(input);
    const {
      mode = charge.mode,
      provider = charge.provider,
      currency = charge.currency,
    } = present(input);
    const next = { mode, provider, amount, deposit, currency };
    const changed = keysOf(next).filter((key) => next[key] !== charge[key]);
    if (charge.isFrozen) {
      for (const key of changed) {
        const isPart = key === "amount" || key === "deposit";
        found.add("READ_ONLY", isPart ? `${key}InCents` : key);
      }
    }
    // Null also counts as a different value.
    for (const [field, value] of Object.entries(charge.isFrozen ? input : {})) {
      if (value === null && found.has(field)) found.add("READ_ONLY", field, false);
    }
    const { paymentMethodId = charge.paymentMethodId } = input;
    this.checkMethod(found, merchant, input.paymentMethodId, charge.customerId);
    const order = this.orders.get(charge.orderId ?? "");
    const authorization = this.authorizations.get(charge.paymentAuthorizationId ?? "");
    // The server may also report that the value of a frozen field is invalid.
    const inItself = new Findings();
    checkMoney(inItself, amount, deposit);
    checkProvider(inItself, provider, authorization);
    if (mode === "CHECKOUT") inItself.add("INVALID", "mode");
    if (mode === "CAPTURE" && !authorization) inItself.add("REQUIRED", "mode");
    const differs = [order, authorization].some((it) => it && it.currency !== currency);
    if (differs) inItself.add("CURRENCY_MISMATCH", "currency");
    const target = charge.isFrozen ? found.possible : found.certain;
    for (const finding of inItself.certain) target.add(finding);
    const isWithoutMethod = mode === "OFF_SESSION" && paymentMethodId === null;
    if (isWithoutMethod) found.add("REQUIRED", "paymentMethodId", !found.has("mode"));

    const status = checkTransition(found, CHARGE_TRANSITIONS, charge.status, input.status);
    const isOther = input.succeededAt !== (charge.times["succeededAt"] ?? null);
    const isWrongTime =
      isOther &&
      (isGiven(input.succeededAt)
        ? status !== "SUCCEEDED"
        : input.succeededAt === null && status === "SUCCEEDED");
    const code = input.succeededAt === null ? "REQUIRED" : "INVALID";
    if (isWrongTime) found.add(code, "succeededAt", !found.has("status"));
    const isDue = mode === "CAPTURE" && status === "SUCCEEDED" && status !== charge.status;
    const captures = isDue && !charge.captured ? authorization : undefined;
    if (captures) checkCapture(found, captures, next, "status");

    return judgeUpdate(found, updatedAt, input, charge, () => {
      Object.assign(charge, next, { paymentMethodId });
      charge.isFrozen ||= status !== "CREATED";
      enter(charge, status);
      if (isGiven(input.succeededAt)) charge.times["succeededAt"] = input.succeededAt;
      else if (input.succeededAt === null) delete charge.times["succeededAt"];
      if (captures) capture(charge, captures);
    });
  }

  createRefund(merchant: string, input: Input): Verdict {
    const found = new Findings();
    const charge = this.find(
      found,
      this.charges,
      merchant,
      "paymentChargeId",
      input.paymentChargeId,
    );
    const order = this.find(found, this.orders, merchant, "orderId", input.orderId);
    const customerId = this.customerOf(found, merchant, input, order, charge);
    if (charge && isGiven(input.orderId) && input.orderId !== charge.orderId) {
      found.add("INVALID", "orderId", !found.has("orderId"));
    }
    const { provider = charge?.provider ?? "STRIPE" } = present(input);
    const status = input.status ?? (provider === "NONE" ? "SUCCEEDED" : "CREATED");
    const money = checkMoney(found, input.amountInCents, input.depositInCents);
    if (!isGiven(input.paymentChargeId) && provider !== "NONE") {
      found.add("REQUIRED", "paymentChargeId");
    }
    checkProvider(found, provider, charge);
    const source = charge ?? order;
    const currency = input.currency ?? source?.currency ?? this.defaultOf(merchant);
    if (source && source.currency !== currency) found.add("CURRENCY_MISMATCH", "currency");
    if (found.has("orderId")) {
      // For an order other than the charge's, the server may also report a different currency.
      for (const field of ["currency", "orderId"]) found.add("CURRENCY_MISMATCH", field, false);
    }
    if (charge && charge.status !== "SUCCEEDED") found.add("NOT_REFUNDABLE", "paymentChargeId");
    for (const part of charge && COUNTING.includes(status) ? PARTS : []) {
      if (money[part] <= this.leftOf(charge!, part)) continue;
      const field = `${part}InCents`;
      found.add("EXCEEDS_REFUNDABLE", field, !found.has("paymentChargeId", field));
    }

    const rest = { mode: "", provider, currency, customerId, ...money };
    return this.judgeNew("refund", this.refunds, merchant, input, found, (id) => {
      if (charge && status === "SUCCEEDED") charge.version++;
      const { orderId = null } = charge ?? input;
      return newPayment(id, merchant, status, { ...input, orderId }, rest);
    });
  }

  updateRefund(merchant: string, id: string, updatedAt: string, input: Input): Verdict {
    const refund = this.refunds.get(id);
    if (refund?.merchant !== merchant) return { kind: "not found" };
    const found = new Findings();
    refuseNulls(found, input, "status");
    const status = checkTransition(found, REFUND_TRANSITIONS, refund.status, input.status);
    const charge = this.charges.get(refund.paymentChargeId ?? "");
    if (charge && COUNTING.includes(status) && !COUNTING.includes(refund.status)) {
      const isRefundable = charge.status === "SUCCEEDED";
      if (!isRefundable) found.add("NOT_REFUNDABLE", "status");
      const exceeds = PARTS.some((part) => refund[part] > this.leftOf(charge, part));
      if (exceeds) found.add("EXCEEDS_REFUNDABLE", "status", isRefundable);
    }
    return judgeUpdate(found, updatedAt, input, refund, () => {
      const isMoved = (status === "SUCCEEDED") !== (refund.status === "SUCCEEDED");
      if (charge && isMoved) charge.version++;
      enter(refund, status);
    });
  }

  createAuthorization(merchant: string, input: Input): Verdict {
    const found = new Findings();
    const order = this.find(found, this.orders, merchant, "orderId", input.orderId);
    const customerId = this.customerOf(found, merchant, input, order);
    this.checkMethod(found, merchant, input.paymentMethodId, customerId);
    const { mode = "", provider = "STRIPE", status = "CREATED" } = present(input);
    const money = checkMoney(found, input.amountInCents, input.depositInCents);
    checkMode(found, mode, input.paymentMethodId);
    const currency = input.currency ?? order?.currency ?? this.defaultOf(merchant);
    if (order && order.currency !== currency) found.add("CURRENCY_MISMATCH", "currency");
    const rest = { mode, provider, currency, customerId, ...money };
    return this.judgeNew("authorization", this.authorizations, merchant, input, found, (id) => {
      const authorization = newPayment(id, merchant, status, input, rest);
      if (status === "CAPTURED") authorization.captured = money;
      return authorization;
    });
  }

  updateAuthorization(merchant: string, id: string, updatedAt: string, input: Input): Verdict {
    const authorization = this.authorizations.get(id);
    if (authorization?.merchant !== merchant) return { kind: "not found" };
    const found = new Findings();
    refuseNulls(found, input, "status");
    const { status: from } = authorization;
    const status = checkTransition(found, AUTHORIZATION_TRANSITIONS, from, input.status);
    return judgeUpdate(found, updatedAt, input, authorization, () => {
      if (input.captureBefore !== undefined) authorization.captureBefore = input.captureBefore;
      if (status === "CAPTURED") authorization.captured ??= moneyOf(authorization);
      enter(authorization, status);
    });
  }

  /** The total of a charge's succeeded refunds. */
  refundedOf(charge: Payment, part: Part, statuses: readonly string[] = ["SUCCEEDED"]): number {
    return [...this.refunds.values()]
      .filter((refund) => refund.paymentChargeId === charge.id && statuses.includes(refund.status))
      .reduce((sum, refund) => sum + refund[part], 0);
  }

  paidFor(order: string): number {
    const sumOf = (payments: Iterable<Payment>): number =>
      [...payments]
        .filter(({ orderId, status }) => orderId === order && status === "SUCCEEDED")
        .reduce((sum, { amount, deposit }) => sum + amount + deposit, 0);
    return sumOf(this.charges.values()) - sumOf(this.refunds.values());
  }

  private leftOf(charge: Payment, part: Part): number {
    return charge[part] - this.refundedOf(charge, part, COUNTING);
  }

  private defaultOf(merchant: string): string {
    return this.defaultCurrencies.get(merchant) ?? "";
  }

  /** @returns the merchant's record with that id. */
  private find<T extends Owned>(
    found: Findings,
    all: ReadonlyMap<string, T>,
    merchant: string,
    field: string,
    id: Text | undefined,
  ): T | undefined {
    const record = all.get(id ?? "");
    if (record?.merchant === merchant) return record;
    if (isGiven(id)) found.add("NOT_FOUND", field);
    return undefined;
  }

  private authorizationOf(found: Findings, merchant: string, input: Input): Payment | undefined {
    const { paymentAuthorizationId: id } = input;
    return this.find(found, this.authorizations, merchant, "paymentAuthorizationId", id);
  }

  /** @returns the customer of the input, else that of the charge or the order. */
  private customerOf(
    found: Findings,
    merchant: string,
    { customerId }: Input,
    order: { customerId: Text } | undefined,
    charge?: Payment,
  ): Text {
    this.find(found, this.customers, merchant, "customerId", customerId);
    const source = charge ?? order;
    const mustBe = charge ? charge.customerId : (order?.customerId ?? customerId);
    if (isGiven(customerId) && customerId !== mustBe) {
      found.add("INVALID", "customerId", !found.has("customerId", "orderId", "paymentChargeId"));
    }
    return customerId ?? source?.customerId ?? null;
  }

  private checkMethod(found: Findings, merchant: string, id: Text | undefined, customerId: Text) {
    const method = this.find(found, this.methods, merchant, "paymentMethodId", id);
    if (!method?.customerId || !isGiven(customerId) || method.customerId === customerId) return;
    found.add("INVALID", "paymentMethodId", !found.has("customerId"));
  }

  private judgeNew(
    kind: string,
    records: Map<string, Payment>,
    merchant: string,
    input: Input,
    findings: Findings,
    make: (id: string) => Payment,
  ): Verdict {
    const { idempotencyKey } = input;
    const key = [kind, merchant, idempotencyKey].join(" ");
    const sent = JSON.stringify(present(input));
    const earlier = this.keys.get(key);
    if (earlier?.sent === sent) return { kind: "again", payment: records.get(earlier.id)! };
    if (earlier) findings.leaveOnly("IDEMPOTENCY_KEY_REUSED", "idempotencyKey");
    if (findings.certain.size > 0) return { kind: "refused", findings };
    const apply = (id: string): Payment => {
      const payment = make(id);
      records.set(id, payment);
      if (isGiven(idempotencyKey)) this.keys.set(key, { sent, id });
      return payment;
    };
    return { kind: "accepted", apply };
  }
}

export function canBeCaptured({ status, captured, captureBefore }: Payment): boolean {
  const isInTime = captureBefore === null || captureBefore > new Date().toISOString();
  return status === "SUCCEEDED" && captured === null && isInTime;
}

export function releasedOf({ status, captured, ...authorized }: Payment, part: Part): number {
  const isOver =
    captured !== null || ["CAPTURED", "CANCELED", "EXPIRED", "FAILED"].includes(status);
  return isOver ? authorized[part] - (captured?.[part] ?? 0) : 0;
}

function judgeUpdate(
  findings: Findings,
  updatedAt: string,
  input: Input,
  payment: Payment,
  change: () => void,
): Verdict {
  if (isGiven(input.expectedUpdatedAt) && input.expectedUpdatedAt !== updatedAt) {
    findings.leaveOnly("STALE", "expectedUpdatedAt");
  }
  if (findings.certain.size > 0) return { kind: "refused", findings };
  const apply = (): Payment => {
    touch(payment, () => {
      if (input.description !== undefined) payment.description = input.description;
      change();
    });
    return payment;
  };
  return { kind: "accepted", apply };
}

/** An update that changes no value does not change updatedAt. */
function touch(payment: Payment, change: () => void): void {
  const { version } = payment;
  const before = JSON.stringify(payment);
  payment.version = version + 1;
  change();
  if (JSON.stringify({ ...payment, version }) === before) payment.version = version;
}

function newPayment(
  id: string,
  merchant: string,
  status: string,
  input: Input,
  rest: Pick<Payment, "mode" | "provider" | "currency" | "customerId" | Part>,
): Payment {
  const payment: Payment = {
    ...{ id, merchant, status: "", isFrozen: false, captured: null, times: {}, history: [] },
    ...{ description: input.description ?? null, captureBefore: input.captureBefore ?? null },
    ...{ orderId: input.orderId ?? null, paymentMethodId: input.paymentMethodId ?? null },
    paymentAuthorizationId: input.paymentAuthorizationId ?? null,
    paymentChargeId: input.paymentChargeId ?? null,
    ...rest,
    version: 1,
  };
  enter(payment, status);
  if (isGiven(input.succeededAt)) payment.times["succeededAt"] = input.succeededAt;
  return payment;
}

function enter(payment: Payment, to: string): void {
  if (payment.status === to) return;
  payment.history.push({ from: payment.status === "" ? null : payment.status, to });
  payment.status = to;
  const time = TIMES[to];
  if (time !== undefined) payment.times[time] = payment.version;
}

function capture(charge: Payment, authorization: Payment): void {
  charge.captured = moneyOf(charge);
  touch(authorization, () => {
    authorization.captured = moneyOf(charge);
    enter(authorization, "CAPTURED");
  });
}

function checkCapture(found: Findings, from: Payment, money: Money, statusField?: string): void {
  const isCertain = !found.has("status", "mode", "amountInCents", "depositInCents");
  const isCapturable = canBeCaptured(from);
  const place = statusField ?? "paymentAuthorizationId";
  if (!isCapturable) found.add("NOT_CAPTURABLE", place, isCertain);
  for (const part of PARTS.filter((it) => money[it] > from[it])) {
    found.add("EXCEEDS_CAPTURABLE", statusField ?? `${part}InCents`, isCertain && isCapturable);
  }
}

function checkTransition(
  found: Findings,
  transitions: Table,
  from: string,
  to: Text | undefined,
): string {
  if (!isGiven(to) || to === from) return from;
  if (!transitions[from]?.split(" ").includes(to)) found.add("INVALID_TRANSITION", "status");
  return to;
}

function checkMoney(
  found: Findings,
  amount: number | null | undefined,
  deposit: number | null | undefined,
): Money {
  const money = { amount: amount ?? 0, deposit: deposit ?? 0 };
  if (!isGiven(amount)) found.add("REQUIRED", "amountInCents");
  for (const part of PARTS) if (money[part] < 0) found.add("OUT_OF_RANGE", `${part}InCents`);
  const isTotalWrong =
    money.amount + money.deposit === 0 || money.amount > MAX_AMOUNT - money.deposit;
  const isNegative = found.has("amountInCents", "depositInCents");
  if (isTotalWrong) found.add("OUT_OF_RANGE", "amountInCents", !isNegative);
  return money;
}

function checkMode(found: Findings, mode: string, paymentMethodId: Text | undefined): void {
  if (mode === "CHECKOUT") found.add("INVALID", "mode");
  if (mode === "OFF_SESSION" && !isGiven(paymentMethodId)) found.add("REQUIRED", "paymentMethodId");
}

function checkProvider(found: Findings, provider: string, source: Payment | undefined): void {
  const isAllowed = !source || [source.provider, "NONE"].includes(provider);
  if (!isAllowed) found.add("PROVIDER_MISMATCH", "provider");
}

function refuseNulls(found: Findings, input: Input, fields: string): void {
  for (const [field, value] of Object.entries(input)) {
    if (value === null && fields.split(" ").includes(field)) found.add("REQUIRED", field);
  }
}

function moneyOf({ amount, deposit }: Money): Money {
  return { amount, deposit };
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

type Present = { [Key in keyof Input]?: Exclude<Input[Key], null | undefined> };

/** Removes null values, which mean the same as omitted ones. */
function present(input: Input): Present {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => isGiven(value)));
}

function keysOf<T extends object>(value: T): (keyof T)[] {
  return Object.keys(value) as (keyof T)[];
}
