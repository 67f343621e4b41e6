import type { CombinedError } from "urql";
import { graphql } from "../../api/graphql.js";
import { type OperationState, useOperation } from "../../api/use-operation.js";
import { useViewer } from "../../api/viewer.js";
import type { ListState } from "../../listing/list-state.js";
import { sharedConditions } from "./conditions.js";
import { useCustomers, useOrders } from "./use-named-ids.js";

const CURRENCIES = graphql(`
  query CurrenciesOfPayments {
    paymentCharges(first: 1) {
      groupBy(keys: [CURRENCY]) {
        key {
          currency
          currencyMinorUnits
        }
      }
    }
  }
`);

export interface ListConditions {
  /** The conditions that every kind of payment has. */
  readonly shared: ReturnType<typeof sharedConditions>;
  /** Whether the records that the filters name are still being looked up. */
  readonly isWaiting: boolean;
  readonly error: CombinedError | undefined;
  readonly customerNote: string | null;
  readonly orderNote: string | null;
  readonly currencies: readonly string[];
  /** The digits of the selected currency, or of the merchant's; undefined while or if they are unknown. */
  readonly minorUnits: number | null | undefined;
}

/** The filters of the address as conditions of a query, with what their texts name. */
export function useConditions(state: Pick<ListState, "filter" | "filterValues">): ListConditions {
  const customers = useCustomers(state.filter("customer"));
  const orders = useOrders(state.filter("order"));
  const digits = useCurrencies();
  const { merchant } = useViewer();
  const currency = state.filter("currency") || (merchant?.defaultCurrency ?? "");
  const minorUnits = digits.byCode.get(currency);
  const hasAmount = state.filter("amountFrom") !== "" || state.filter("amountTo") !== "";
  const needsDigits = hasAmount && minorUnits === undefined && digits.operation.isLoading;
  const ids = { customers: customers.ids, orders: orders.ids };
  return {
    shared: sharedConditions(state, ids, minorUnits),
    isWaiting: customers.isWaiting || orders.isWaiting || needsDigits,
    error: customers.operation.error ?? orders.operation.error,
    customerNote: customers.note,
    orderNote: orders.note,
    currencies: [...digits.byCode.keys()].toSorted(),
    minorUnits,
  };
}

/** The currencies that the merchant's charges have, and its default one, with their digits. */
function useCurrencies() {
  const { merchant } = useViewer();
  const operation = useOperation(CURRENCIES, {});
  const byCode = new Map<string, number | null>();
  if (merchant) byCode.set(merchant.defaultCurrency, merchant.defaultCurrencyMinorUnits);
  for (const { key } of operation.data?.paymentCharges.groupBy ?? []) {
    if (key.currency !== null) byCode.set(key.currency, key.currencyMinorUnits);
  }
  return { byCode, operation };
}

/** A list that waits for its conditions: it shows that it is loading, and their error as its own. */
export function waitingFor<Data>(
  operation: OperationState<Data>,
  { isWaiting, error }: ListConditions,
): OperationState<Data> {
  const hasData = operation.data !== undefined;
  return {
    ...operation,
    error: operation.error ?? error,
    isLoading: operation.isLoading || (isWaiting && !hasData),
    isStale: operation.isStale || (isWaiting && hasData),
  };
}
