import type { UserErrors } from "../shared/user-error.js";

/** The ids in an input that refer to other records of the merchant. */
export interface ReferenceIds {
  readonly orderId?: string | null | undefined;
  readonly customerId?: string | null | undefined;
  readonly paymentMethodId?: string | null | undefined;
}

/** The records with these ids, and the merchant's currency. */
export interface References {
  readonly defaultCurrency: string;
  readonly order: FoundOrder | null;
  readonly customerId: string | null;
  readonly paymentMethod: FoundPaymentMethod | null;
}

interface FoundOrder {
  readonly id: string;
  readonly currency: string;
  readonly customerId: string | null;
}

interface FoundPaymentMethod {
  readonly id: string;
  readonly customerId: string | null;
}

/** The stored references. The customer defaults to the order's customer. */
export interface SettledReferences {
  readonly orderId: string | null;
  readonly customerId: string | null;
  readonly paymentMethodId: string | null;
}

/** Every id must exist, and customer, order and payment method must belong together. */
export function settleReferences(
  errors: UserErrors,
  given: ReferenceIds,
  found: References,
): SettledReferences {
  const { order, paymentMethod } = found;
  if (given.orderId != null && order === null) {
    errors.addNotFound("orderId", "order", given.orderId);
  }
  if (given.customerId != null && found.customerId === null) {
    errors.addNotFound("customerId", "customer", given.customerId);
  }
  if (given.paymentMethodId != null && paymentMethod === null) {
    errors.addNotFound("paymentMethodId", "payment method", given.paymentMethodId);
  }
  const orderCustomerId = order?.customerId ?? null;
  const customerId = found.customerId ?? orderCustomerId;
  if (orderCustomerId !== null && customerId !== orderCustomerId) {
    const message = "customerId must be the order's customer. Omit it to use that one.";
    errors.add("INVALID", "customerId", message);
  }
  checkPaymentMethod(errors, paymentMethod, customerId);
  return {
    orderId: order?.id ?? null,
    customerId,
    paymentMethodId: paymentMethod?.id ?? null,
  };
}

/** Refuses a payment method that belongs to another customer. */
export function checkPaymentMethod(
  errors: UserErrors,
  method: FoundPaymentMethod | null,
  customerId: string | null,
): void {
  const owner = method?.customerId ?? null;
  if (owner === null || customerId === null || owner === customerId) return;
  errors.add("INVALID", "paymentMethodId", "The payment method belongs to another customer.");
}
