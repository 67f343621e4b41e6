import type { ListState } from "../../listing/list-state.js";
import { parseMoney } from "../../shared/money.js";
import type { Group } from "../pocket-queries.js";
import type { EntryFilter } from "./entry-list.js";

/** The kinds that entries have. */
export const KINDS = ["CHARGE", "DEBIT", "REVERSAL"] as const;

/** The filters of the list. Each is a name in the address. */
export const FILTER_NAMES = [
  ...(["group", "kind", "phone", "reference"] as const),
  ...(["amountFrom", "amountTo", "from", "to"] as const),
];

type Currency = Pick<Group, "currency" | "currencyMinorUnits">;

/** The currency in which amounts are typed: that of the chosen group, or that of all groups if they share one. */
export function currencyOf(groups: readonly Group[], chosen: string): Currency | null {
  const meant = chosen === "" ? groups : groups.filter(({ slug }) => slug === chosen);
  const [first] = meant;
  return first && meant.every(({ currency }) => currency === first.currency) ? first : null;
}

/** The conditions of the list, from the address. What is no amount of the currency is ignored. */
export function entryFilterOf(
  { filter, filterValues }: Pick<ListState, "filter" | "filterValues">,
  currency: Currency | null,
): EntryFilter {
  const kinds = KINDS.filter((kind) => filterValues("kind").includes(kind));
  const times = timesOf(filter("from"), filter("to"));
  const amounts = currency === null ? null : amountsOf(filter, currency);
  return {
    ...(filter("group") === "" ? {} : { pocketGroupSlug: { eql: [filter("group")] } }),
    ...(kinds.length === 0 ? {} : { kind: { eq: kinds } }),
    ...(filter("phone") === "" ? {} : { phoneNumber: { eq: [filter("phone")] } }),
    ...(filter("reference") === "" ? {} : { reference: { match: [filter("reference")] } }),
    ...(times === null ? {} : { createdAt: times }),
    ...(amounts === null ? {} : { or: amounts }),
  };
}

/** An amount is searched for without its sign, so that a debit of 50 is found by 50. */
function amountsOf(filter: ListState["filter"], { currencyMinorUnits }: Currency) {
  const least = parseMoney(filter("amountFrom"), currencyMinorUnits);
  const most = parseMoney(filter("amountTo"), currencyMinorUnits);
  if (least === null && most === null) return null;
  const upper = most === null ? {} : { lte: most };
  const lower = most === null ? {} : { gte: -most };
  return [
    { amount: { gte: least ?? 0, ...upper } },
    { amount: { lte: least === null ? 0 : -least, ...lower } },
  ];
}

function timesOf(from: string, to: string) {
  const [gte, lt] = [from, to].map((time) => (Number.isNaN(Date.parse(time)) ? null : time));
  if (!gte && !lt) return null;
  return { ...(gte ? { gte } : {}), ...(lt ? { lt } : {}) };
}
