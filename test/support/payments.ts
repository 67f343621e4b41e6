import { expect } from "vitest";
import type { GraphqlClient } from "./graphql-client.js";

export interface PaymentUserError {
  code: string;
  message: string;
  field: string[] | null;
}

/** The result of a mutation: its record, or all userErrors. */
export interface PaymentOutcome<R> {
  record: R | null;
  userErrors: PaymentUserError[];
}

/** The id of the payment of a charge, refund or authorization: the same UUID, of version 8 instead of 7. */
export function paymentIdOf(ownerId: string): string {
  const parts = /^(.{8}-.{4}-)7(.{3}-.{4}-.{12})$/.exec(ownerId);
  return parts ? `${parts[1]!}8${parts[2]!}` : `${ownerId} is no UUIDv7`;
}

export interface StatusChange {
  from: string | null;
  to: string;
  at: string;
  employee: { id: string } | null;
}

interface Base {
  id: string;
  createdAt: string;
  updatedAt: string;
}

/** The merchant's own data on a record. */
export interface MerchantData {
  reference: string | null;
  metadata: { key: string; value: string }[];
}

interface PaymentRecord extends Base, MerchantData {
  status: string;
  provider: string;
  amountInCents: number;
  depositInCents: number;
  totalInCents: number;
  currency: string;
  description: string | null;
  providerId: string | null;
  providerMethod: string | null;
  succeededAt: string | null;
  failedAt: string | null;
  canceledAt: string | null;
  expiredAt: string | null;
  employeeId: string | null;
  orderId: string | null;
  customerId: string | null;
  statusHistory: { nodes: StatusChange[] };
}

export interface PaymentCharge extends PaymentRecord {
  mode: string;
  providerSecret: string | null;
  refundable: boolean;
  amountRefundableInCents: number;
  amountRefundedInCents: number;
  depositRefundableInCents: number;
  depositRefundedInCents: number;
  totalRefundableInCents: number;
  totalRefundedInCents: number;
  paymentMethodId: string | null;
  paymentAuthorizationId: string | null;
}

export interface PaymentRefund extends PaymentRecord {
  reason: string | null;
  failureReason: string | null;
  paymentChargeId: string | null;
}

export interface PaymentAuthorization extends PaymentRecord {
  mode: string;
  capturable: boolean;
  amountCapturableInCents: number;
  amountCapturedInCents: number;
  amountReleasedInCents: number;
  depositCapturableInCents: number;
  depositCapturedInCents: number;
  depositReleasedInCents: number;
  totalCapturableInCents: number;
  totalCapturedInCents: number;
  totalReleasedInCents: number;
  providerSecret: string | null;
  captureBefore: string | null;
  capturedAt: string | null;
  paymentMethodId: string | null;
}

export interface PaymentMethod extends Base {
  provider: string;
  identifier: string;
  methodType: string;
  label: string;
  customerId: string | null;
}

export interface Customer extends Base, MerchantData {
  number: number;
  name: string;
  email: string | null;
  phoneNumber: string | null;
  isArchived: boolean;
}

export interface Order extends Base, MerchantData {
  number: number;
  status: string;
  currency: string;
  totalInCents: number;
  paidInCents: number;
  customerId: string | null;
}

const MERCHANT_DATA = "reference metadata { key value }";
const SHARED_FIELDS = `${MERCHANT_DATA} id createdAt updatedAt status provider
  amountInCents depositInCents totalInCents currency description providerId providerMethod
  succeededAt failedAt canceledAt expiredAt employeeId orderId customerId`;

/** Every scalar field of each record. `statusHistory`, which some records have, is separate. */
export const CHARGE_FIELDS = `${SHARED_FIELDS} mode providerSecret refundable
  amountRefundableInCents amountRefundedInCents depositRefundableInCents depositRefundedInCents
  totalRefundableInCents totalRefundedInCents paymentMethodId paymentAuthorizationId`;
export const REFUND_FIELDS = `${SHARED_FIELDS} reason failureReason paymentChargeId`;
export const AUTHORIZATION_FIELDS = `${SHARED_FIELDS} mode capturable
  amountCapturableInCents amountCapturedInCents amountReleasedInCents
  depositCapturableInCents depositCapturedInCents depositReleasedInCents
  totalCapturableInCents totalCapturedInCents totalReleasedInCents
  providerSecret captureBefore capturedAt paymentMethodId`;
export const METHOD_FIELDS =
  "id createdAt updatedAt provider identifier methodType label customerId";
export const CUSTOMER_FIELDS = `${MERCHANT_DATA} id createdAt updatedAt number name email
  phoneNumber isArchived`;
export const ORDER_FIELDS = `${MERCHANT_DATA} id createdAt updatedAt number status currency
  totalInCents paidInCents customerId`;
export const HISTORY = "statusHistory { nodes { from to at employee { id } } }";

/** The selection of each mutation. Documents use the alias `outcome` for its result. */
const OF = {
  Charge: `record: paymentCharge { ${CHARGE_FIELDS} ${HISTORY} }`,
  Refund: `record: paymentRefund { ${REFUND_FIELDS} ${HISTORY} }`,
  Authorization: `record: paymentAuthorization { ${AUTHORIZATION_FIELDS} ${HISTORY} }`,
  Method: `record: paymentMethod { ${METHOD_FIELDS} }`,
  Customer: `record: customer { ${CUSTOMER_FIELDS} }`,
  Order: `record: order { ${ORDER_FIELDS} }`,
};

function creating(name: string, record: string): string {
  return `mutation ($input: Create${name}Input!) {
    outcome: create${name}(input: $input) { ${record} userErrors { code message field } }
  }`;
}

function updating(name: string, record: string): string {
  return `mutation ($id: ID!, $input: Update${name}Input!) {
    outcome: update${name}(id: $id, input: $input) { ${record} userErrors { code message field } }
  }`;
}

export const CREATE_CHARGE = creating("PaymentCharge", OF.Charge);
export const UPDATE_CHARGE = updating("PaymentCharge", OF.Charge);
export const CREATE_REFUND = creating("PaymentRefund", OF.Refund);
export const UPDATE_REFUND = updating("PaymentRefund", OF.Refund);
export const CREATE_AUTHORIZATION = creating("PaymentAuthorization", OF.Authorization);
export const UPDATE_AUTHORIZATION = updating("PaymentAuthorization", OF.Authorization);
export const CREATE_METHOD = creating("PaymentMethod", OF.Method);
export const DETACH_METHOD = `mutation ($id: ID!) {
  outcome: detachPaymentMethod(id: $id) { ${OF.Method} userErrors { code message field } }
}`;
export const CREATE_CUSTOMER = creating("Customer", OF.Customer);
export const UPDATE_CUSTOMER = updating("Customer", OF.Customer);
export const CREATE_ORDER = creating("Order", OF.Order);
export const UPDATE_ORDER = updating("Order", OF.Order);

type Input = Record<string, unknown>;
type Outcomes<R> = Promise<PaymentOutcome<R>>;
type Create<R> = (client: GraphqlClient, token: string, input: Input) => Outcomes<R>;
type Update<R> = (client: GraphqlClient, token: string, id: string, input: Input) => Outcomes<R>;

async function outcomeOf<R>(
  client: GraphqlClient,
  token: string,
  document: string,
  variables: Record<string, unknown>,
): Outcomes<R> {
  interface Data {
    outcome: PaymentOutcome<R>;
  }
  return (await client.ask<Data>(token, document, variables)).outcome;
}

function create<R>(document: string): Create<R> {
  return (client, token, input) => outcomeOf<R>(client, token, document, { input });
}

function update<R>(document: string): Update<R> {
  return (client, token, id, input) => outcomeOf<R>(client, token, document, { id, input });
}

export const createCharge = create<PaymentCharge>(CREATE_CHARGE);
export const updateCharge = update<PaymentCharge>(UPDATE_CHARGE);
export const createRefund = create<PaymentRefund>(CREATE_REFUND);
export const updateRefund = update<PaymentRefund>(UPDATE_REFUND);
export const createAuthorization = create<PaymentAuthorization>(CREATE_AUTHORIZATION);
export const updateAuthorization = update<PaymentAuthorization>(UPDATE_AUTHORIZATION);
export const createMethod = create<PaymentMethod>(CREATE_METHOD);
export const createCustomer = create<Customer>(CREATE_CUSTOMER);
export const updateCustomer = update<Customer>(UPDATE_CUSTOMER);
export const createOrder = create<Order>(CREATE_ORDER);
export const updateOrder = update<Order>(UPDATE_ORDER);

export function detachMethod(
  client: GraphqlClient,
  token: string,
  id: string,
): Outcomes<PaymentMethod> {
  return outcomeOf(client, token, DETACH_METHOD, { id });
}

function find<R>(field: string, fields: string) {
  const document = `query ($id: ID!) { record: ${field}(id: $id) { ${fields} } }`;
  return async (client: GraphqlClient, token: string, id: string): Promise<R | null> =>
    (await client.ask<{ record: R | null }>(token, document, { id })).record;
}

export const findCharge = find<PaymentCharge>("paymentCharge", `${CHARGE_FIELDS} ${HISTORY}`);
export const findRefund = find<PaymentRefund>("paymentRefund", `${REFUND_FIELDS} ${HISTORY}`);
export const findAuthorization = find<PaymentAuthorization>(
  "paymentAuthorization",
  `${AUTHORIZATION_FIELDS} ${HISTORY}`,
);
export const findMethod = find<PaymentMethod>("paymentMethod", METHOD_FIELDS);
export const findCustomer = find<Customer>("customer", CUSTOMER_FIELDS);
export const findOrder = find<Order>("order", ORDER_FIELDS);

/** Creates a record, as in `await idOf(createCharge(...))`. @returns its id. */
export async function idOf(outcome: Outcomes<{ id: string }>): Promise<string> {
  return (await accepted(outcome)).id;
}

/** Expects that a mutation was accepted, as in `await accepted(createCharge(...))`. @returns the record. */
export async function accepted<R>(outcome: PaymentOutcome<R> | Outcomes<R>): Promise<R> {
  const { record, userErrors } = await outcome;
  expect(userErrors).toEqual([]);
  expect(record).not.toBeNull();
  return record!;
}

/** Expects that a mutation was refused. @returns each error's code and path, such as ["INVALID", "mode"]. */
export async function refusals(
  outcome: PaymentOutcome<unknown> | Promise<PaymentOutcome<unknown>>,
): Promise<[code: string, path: string][]> {
  const { record, userErrors } = await outcome;
  expect(record).toBeNull();
  return userErrors.map(({ code, field }) => [code, (field ?? []).join(".")]);
}
