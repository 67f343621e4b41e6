import type { ValueKind } from "./attributes.js";

/** The attributes of a payment charge, as data: those of the source API, and the merchant's own data. */

/** The attributes with single values, in the order of the source API. */
const SINGLE = [
  "created_at",
  "updated_at",
  "status",
  "amount_in_cents",
  "deposit_in_cents",
  "total_in_cents",
  "currency",
  "mode",
  "description",
  "provider",
  "provider_id",
  "provider_method",
  "provider_secret",
  "refundable",
  "amount_refundable_in_cents",
  "amount_refunded_in_cents",
  "deposit_refundable_in_cents",
  "deposit_refunded_in_cents",
  "total_refundable_in_cents",
  "total_refunded_in_cents",
  "succeeded_at",
  "failed_at",
  "canceled_at",
  "expired_at",
  "employee_id",
  "order_id",
  "customer_id",
  "payment_method_id",
  "payment_authorization_id",
  "reference",
] as const;

export const CHARGE_ATTRIBUTES = [...SINGLE, "metadata"] as const;

/** The attributes that an update may set. */
export const CHANGEABLE = [
  "status",
  "amount_in_cents",
  "deposit_in_cents",
  "currency",
  "mode",
  "description",
  "provider",
  "provider_id",
  "provider_method",
  "provider_secret",
  "succeeded_at",
  "payment_method_id",
  "reference",
  "metadata",
] as const;

/** The attributes that a creation may set. */
export const SETTABLE = [
  ...CHANGEABLE,
  "order_id",
  "customer_id",
  "payment_authorization_id",
] as const;

/** The attributes by which a list can be sorted: all with single values. */
export const SORTABLE = ["id", ...SINGLE] as const;

/** The attributes that can be summed over a list. */
export const SUMMABLE = ["amount_in_cents", "deposit_in_cents", "total_in_cents"] as const;

export const INCLUDES = ["order", "customer"] as const;

const EQUALITY = ["eq", "not_eq"] as const;
const COMPARISON = [...EQUALITY, "gt", "gte", "lt", "lte"] as const;
const TEXT = [
  ...EQUALITY,
  "eql",
  "not_eql",
  "prefix",
  "not_prefix",
  "suffix",
  "not_suffix",
  "match",
  "not_match",
] as const;

/** The kinds of values that filters compare with operators. */
export type ComparedKind = Exclude<ValueKind, "metadata">;

/** The filter operators for each kind of value. */
export const OPERATORS: Readonly<Record<ComparedKind, readonly string[]>> = {
  uuid: EQUALITY,
  integer: COMPARISON,
  dateTime: COMPARISON,
  boolean: ["eq"],
  enumeration: TEXT,
  currency: TEXT,
  text: TEXT,
};
