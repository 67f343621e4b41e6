import type { CombinedError } from "urql";
import type { VariablesOf } from "../api/graphql.js";
import { useOperation } from "../api/use-operation.js";
import type { ListState } from "../listing/list-state.js";
import { type AUDIT_ENTRIES, MERCHANTS_NAMED } from "./audit-queries.js";

export const ACTORS = ["MERCHANT", "OPERATOR", "PROGRAM"] as const;

/** The types of records whose changes the server audits. */
export const RECORD_TYPES = [
  "ApiToken",
  "Customer",
  "Employee",
  "Merchant",
  "Order",
  "PaymentAuthorization",
  "PaymentCharge",
  "PaymentMethod",
  "PaymentRefund",
  "Pocket",
  "PocketGroup",
  "PocketGroupGrant",
  "WebhookEndpoint",
] as const;

type Filter = NonNullable<VariablesOf<typeof AUDIT_ENTRIES>["filter"]>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export interface AuditFilterState {
  /** Null while the merchants that a name means are not known. */
  readonly filter: Filter | null;
  readonly error: CombinedError | undefined;
}

/** The filter of the address. */
export function useAuditFilter(state: ListState<"CREATED_AT">): AuditFilterState {
  const merchant = state.filter("merchant");
  const isName = merchant !== "" && !UUID.test(merchant);
  const { data, error, isStale } = useOperation(
    MERCHANTS_NAMED,
    { name: merchant },
    { pause: !isName },
  );
  if (!isName) {
    return { filter: filterOf(state, merchant === "" ? null : [merchant]), error: undefined };
  }
  const ids = isStale ? undefined : data?.merchants.nodes.map(({ id }) => id);
  return { filter: ids ? filterOf(state, ids) : null, error };
}

function filterOf(
  { filter }: ListState<"CREATED_AT">,
  merchantIds: readonly string[] | null,
): Filter {
  const equal = (name: string): { eq: string[] } | undefined =>
    filter(name) === "" ? undefined : { eq: [filter(name)] };
  const actor = ACTORS.find((one) => one === filter("actor"));
  const [gte, lt] = [filter("from"), filter("to")].map((time) =>
    Number.isNaN(Date.parse(time)) ? undefined : time,
  );
  // The table shows `createPocketGroup` as words, which a person then types.
  const operation = filter("operation").replace(/\s/g, "");
  const conditions = {
    recordType: equal("type"),
    recordId: equal("record"),
    requestId: equal("request"),
    actor: actor && { eq: [actor] },
    operation: operation === "" ? undefined : { match: [operation] },
    tokenPrefix: filter("token") === "" ? undefined : { prefix: [filter("token")] },
    merchantId: merchantIds === null ? undefined : { eq: [...merchantIds] },
    createdAt: (gte ?? lt) ? { ...(gte ? { gte } : {}), ...(lt ? { lt } : {}) } : undefined,
  };
  // The server refuses null conditions, and undefined ones do not reach it.
  return conditions as Filter;
}
