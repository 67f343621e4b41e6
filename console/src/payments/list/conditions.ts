import type { EnumOf } from "../../api/graphql.js";
import type { ListState } from "../../listing/list-state.js";
import { parseMoney } from "../../shared/money.js";

export const PROVIDERS: readonly EnumOf<"PaymentProvider">[] = ["STRIPE", "APP", "NONE"];
export const CHARGE_MODES: readonly EnumOf<"PaymentChargeMode">[] = [
  ...(["REQUEST", "TERMINAL", "OFF_SESSION", "MANUAL", "CAPTURE", "CHECKOUT"] as const),
];

/** The filters of every list of payments. Each is a name in the address. */
export const FILTER_NAMES = [
  ...(["q", "status", "provider", "mode", "currency", "amountFrom", "amountTo"] as const),
  ...(["from", "to", "customer", "order", "charge"] as const),
];

/** Records that a filter's text names; null if the filter is not set. */
export interface NamedIds {
  readonly customers: string[] | null;
  readonly orders: string[] | null;
}

/** Values of the address that the list can have: anybody can write an address. */
export function chosen<Value extends string>(
  state: Pick<ListState, "filterValues">,
  name: string,
  choices: readonly Value[],
): Value[] {
  const given = state.filterValues(name);
  return choices.filter((choice) => given.includes(choice));
}

/** The conditions that charges, refunds and authorizations share. */
export function sharedConditions(
  state: Pick<ListState, "filter" | "filterValues">,
  ids: NamedIds,
  minorUnits: number | null | undefined,
) {
  const currency = state.filter("currency").toUpperCase();
  const providers = chosen(state, "provider", PROVIDERS);
  const range = amountRange(state, currency === "" ? undefined : minorUnits);
  const times = timeRange(state);
  return {
    ...(providers.length > 0 ? { provider: { eq: providers } } : {}),
    ...(currency === "" ? {} : { currency: { eql: [currency] } }),
    ...(range ? { totalInCents: range } : {}),
    ...(times ? { createdAt: times } : {}),
    ...(ids.customers ? { customerId: { eq: ids.customers } } : {}),
    ...(ids.orders ? { orderId: { eq: ids.orders } } : {}),
  };
}

/** The text of the search box, which may be a part of the merchant's reference or of the provider's id. */
export function searchConditions(state: Pick<ListState, "filter">) {
  const text = state.filter("q");
  if (text === "") return {};
  return { or: [{ reference: { match: [text] } }, { providerId: { match: [text] } }] };
}

/** Amounts are typed in the digits of one currency. Without it, they mean nothing, and are left out. */
function amountRange(state: Pick<ListState, "filter">, minorUnits: number | null | undefined) {
  if (minorUnits === undefined) return null;
  const from = parseMoney(state.filter("amountFrom"), minorUnits);
  const to = parseMoney(state.filter("amountTo"), minorUnits);
  if (from === null && to === null) return null;
  return { ...(from === null ? {} : { gte: from }), ...(to === null ? {} : { lte: to }) };
}

function timeRange(state: Pick<ListState, "filter">) {
  const from = instantOrNull(state.filter("from"));
  const to = instantOrNull(state.filter("to"));
  if (from === null && to === null) return null;
  return { ...(from === null ? {} : { gte: from }), ...(to === null ? {} : { lt: to }) };
}

function instantOrNull(text: string): string | null {
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}
