/** Charges, refunds and authorizations, each with its words and the addresses of its list and of its records. */
export interface PaymentKind {
  readonly name: string;
  /** One of them: "charge". The plural has an s. */
  readonly noun: string;
  /** What "Find a payment" searches. Authorizations have no filter by the provider's id. */
  readonly searched: string;
  /** The list's name in GraphQL. */
  readonly connection: string;
  readonly list: string;
  readonly of: (id: string) => string;
}

export const CHARGES: PaymentKind = {
  name: "Charges",
  noun: "charge",
  searched: "id, reference or provider's id",
  connection: "paymentCharges",
  list: "/payments",
  of: (id) => `/payments/${id}`,
};

export const REFUNDS: PaymentKind = {
  name: "Refunds",
  noun: "refund",
  searched: "id, reference or provider's id",
  connection: "paymentRefunds",
  list: "/payments/refunds",
  of: (id) => `/payments/refunds/${id}`,
};

export const AUTHORIZATIONS: PaymentKind = {
  name: "Authorizations",
  noun: "authorization",
  searched: "id or reference",
  connection: "paymentAuthorizations",
  list: "/payments/authorizations",
  of: (id) => `/payments/authorizations/${id}`,
};

export const KINDS: readonly PaymentKind[] = [CHARGES, REFUNDS, AUTHORIZATIONS];

/** The address of the payments of a customer or an order, which the list's filter takes by id. */
export function paymentsOf(filter: "customer" | "order", id: string): string {
  return `${CHARGES.list}?${filter}=${id}`;
}
