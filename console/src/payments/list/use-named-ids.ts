import { graphql } from "../../api/graphql.js";
import { type OperationState, useOperation } from "../../api/use-operation.js";
import { isUuid } from "../../shared/uuid.js";

/** More matches than this are not read: the person narrows the text instead. */
const MOST = 100;

const CUSTOMERS = graphql(`
  query CustomersOfFilter($filter: CustomerFilter!, $first: Int!) {
    customers(filter: $filter, first: $first) {
      nodes {
        id
        name
      }
      pageInfo {
        hasNextPage
      }
    }
  }
`);

const ORDERS = graphql(`
  query OrdersOfFilter($filter: OrderFilter!, $first: Int!, $number: Int!, $hasNumber: Boolean!) {
    orders(filter: $filter, first: $first) {
      nodes {
        id
        number
      }
      pageInfo {
        hasNextPage
      }
    }
    # Numbers have no gaps, so the page of one order with this number contains it.
    byNumber: orders(sort: { field: NUMBER }, page: { number: $number, size: 1 })
      @include(if: $hasNumber) {
      nodes {
        id
        number
      }
    }
  }
`);

interface Found {
  /** Null if there is no filter. */
  readonly ids: string[] | null;
  /** What the text names, for the person who typed it. */
  readonly note: string | null;
  readonly operation: OperationState<unknown>;
  readonly isWaiting: boolean;
}

/** A customer by a part of the name or e-mail address, by the reference, or by the id. */
export function useCustomers(text: string): Found {
  const match = { match: [text] };
  const filter = isUuid(text)
    ? { id: { eq: [text] } }
    : { or: [{ name: match }, { email: match }, { reference: match }] };
  const operation = useOperation(CUSTOMERS, { filter, first: MOST }, { pause: text === "" });
  const found = operation.data?.customers;
  return foundOf(text, operation, found, found?.nodes.map(({ name }) => name) ?? []);
}

/** An order by its number, by a part of its reference, or by its id. */
export function useOrders(text: string): Found {
  const filter = isUuid(text) ? { id: { eq: [text] } } : { reference: { match: [text] } };
  const number = /^#?\d{1,9}$/.test(text) ? Number(text.replace("#", "")) : 0;
  const variables = { filter, first: MOST, number: Math.max(number, 1), hasNumber: number > 0 };
  const operation = useOperation(ORDERS, variables, { pause: text === "" });
  const { data } = operation;
  const numbered = data?.byNumber?.nodes.filter((order) => order.number === number) ?? [];
  const nodes = [...(data?.orders.nodes ?? []), ...numbered];
  const found = data && { nodes, pageInfo: data.orders.pageInfo };
  return foundOf(
    text,
    operation,
    found,
    nodes.map((order) => `order ${String(order.number)}`),
  );
}

function foundOf(
  text: string,
  operation: OperationState<unknown>,
  found: { nodes: readonly { id: string }[]; pageInfo: { hasNextPage: boolean } } | undefined,
  names: readonly string[],
): Found {
  if (text === "") return { ids: null, note: null, operation, isWaiting: false };
  const isWaiting = found === undefined || operation.isStale;
  const ids = found?.nodes.map(({ id }) => id) ?? [];
  return { ids, note: noteOf(found?.pageInfo.hasNextPage ?? false, names), operation, isWaiting };
}

function noteOf(hasMore: boolean, names: readonly string[]): string {
  if (hasMore) return `More than ${String(MOST)} match: enter more of it`;
  if (names.length === 0) return "None found";
  const [first = ""] = names;
  return names.length === 1 ? first : `${first} and ${String(names.length - 1)} more`;
}
