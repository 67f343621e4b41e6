import type { ResultOf } from "../api/graphql.js";
import type { BALANCES } from "./pocket-queries.js";

export type GroupBalance = ResultOf<typeof BALANCES>["pockets"]["groupBy"][number];

/** The pockets that the charts are about: one group, or all groups of one currency. Currencies are never added up. */
export interface PocketScope {
  /** In the address: a slug, or a currency in capitals, which no slug has. */
  readonly name: string;
  readonly label: string;
  readonly currency: string;
  readonly currencyMinorUnits: number | null;
  /** Null for all groups. */
  readonly slugs: readonly string[] | null;
  readonly balance: bigint;
}

/** The scopes to choose from, those with several groups first. */
export function scopesOf(balances: readonly GroupBalance[]): PocketScope[] {
  const currencies = new Set(balances.map(({ key }) => key.currency ?? ""));
  const ofCurrencies = [...currencies].flatMap((currency) => {
    const groups = balances.filter(({ key }) => key.currency === currency);
    if (groups.length < 2) return [];
    const slugs = groups.flatMap(({ key }) => key.pocketGroup?.slug ?? []);
    const isAll = groups.length === balances.length;
    return scopeOf(currency, `All groups in ${currency}`, isAll ? null : slugs, groups);
  });
  const ofGroups = balances.flatMap((balance) => {
    const { pocketGroup } = balance.key;
    if (!pocketGroup) return [];
    const { slug, name } = pocketGroup;
    return scopeOf(slug, name, balances.length === 1 ? null : [slug], [balance]);
  });
  return [...ofCurrencies, ...ofGroups];
}

function scopeOf(
  name: string,
  label: string,
  slugs: readonly string[] | null,
  groups: readonly GroupBalance[],
): PocketScope[] {
  const key = groups[0]?.key;
  if (!key?.currency) return [];
  const balance = groups.reduce(
    (total, { aggregate }) => total + BigInt(aggregate.sum.balance ?? 0),
    0n,
  );
  const { currency, currencyMinorUnits } = key;
  return [{ name, label, currency, currencyMinorUnits, slugs, balance }];
}

/** The condition for the scope's groups, to spread into variables: the server refuses a null filter. */
export function slugsOf({ slugs }: PocketScope): { slugs?: { eql: string[] } } {
  return slugs === null ? {} : { slugs: { eql: [...slugs] } };
}
