import { Client, type CombinedError, fetchExchange, mapExchange } from "@urql/core";
import { type Resolver, type ResolverResult, cacheExchange } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";
import { retryExchange } from "@urql/exchange-retry";
import { type ClientOptions, forEach } from "./options.js";
import { mayRepeat } from "./retry.js";

export function createUrqlClient({ url, token, types, onError }: ClientOptions): Client {
  const { schema, lists, withoutId } = types;
  const pages = relayPagination();
  // relayPagination does not find a list that a query requests without arguments.
  const list: Resolver = (parent, args, cached, info) =>
    (pages(parent, args, cached, info) as ResolverResult) ??
    cached.resolve(info.parentKey, info.parentFieldKey);
  const cache = cacheExchange({
    schema,
    keys: forEach(withoutId, () => () => null),
    resolvers: forEach(Object.keys(lists), (type) => forEach(lists[type] ?? [], () => list)),
    updates: {
      Mutation: {
        // Created records belong to lists in the cache: request those again.
        createPaymentCharge: (_result, _input, cached) => {
          cached.invalidate("PaymentChargeConnection");
        },
        chargePockets: (_result, _input, cached) => {
          cached.invalidate("PocketChargeConnection");
        },
      },
    },
  });

  const errors = mapExchange({
    onError: (error) => {
      for (const code of codesOf(error)) onError?.(code);
    },
  });
  const retry = retryExchange({
    maxNumberAttempts: 5,
    retryIf: (error, { kind, variables }) =>
      mayRepeat({ isQuery: kind === "query", variables, code: codesOf(error)[0] }),
  });
  const fetchOptions = { headers: { authorization: `Token ${token}` } };
  return new Client({ url, fetchOptions, exchanges: [errors, cache, retry, fetchExchange] });
}

function codesOf(error: CombinedError): unknown[] {
  return error.graphQLErrors.map(({ extensions }) => extensions["code"]);
}
