/** Charges, refunds and authorizations, each with the addresses of its list and of its records. */
export interface PaymentKind {
  readonly name: string;
  readonly list: string;
  readonly of: (id: string) => string;
}

export const CHARGES: PaymentKind = {
  name: "Charges",
  list: "/payments",
  of: (id) => `/payments/${id}`,
};

export const REFUNDS: PaymentKind = {
  name: "Refunds",
  list: "/payments/refunds",
  of: (id) => `/payments/refunds/${id}`,
};

export const AUTHORIZATIONS: PaymentKind = {
  name: "Authorizations",
  list: "/payments/authorizations",
  of: (id) => `/payments/authorizations/${id}`,
};

export const KINDS: readonly PaymentKind[] = [CHARGES, REFUNDS, AUTHORIZATIONS];

/** The address of the payments of a customer or an order, which the list's filter takes by id. */
export function paymentsOf(filter: "customer" | "order", id: string): string {
  return `${CHARGES.list}?${filter}=${id}`;
}
