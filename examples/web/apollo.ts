import {
  ApolloClient,
  ApolloLink,
  CombinedGraphQLErrors,
  HttpLink,
  InMemoryCache,
} from "@apollo/client";
import { ErrorLink } from "@apollo/client/link/error";
import { RetryLink } from "@apollo/client/link/retry";
import { relayStylePagination } from "@apollo/client/utilities";
import { OperationTypeNode } from "graphql";
import { map } from "rxjs";
import { type ClientOptions, forEach } from "./options.js";
import { mayRepeat } from "./retry.js";

export function createApolloClient({ url, token, types, onError }: ClientOptions): ApolloClient {
  const { possibleTypes, lists, withoutId } = types;
  const list = relayStylePagination(["filter", "sort", "page"]);
  const cache = new InMemoryCache({
    possibleTypes,
    typePolicies: {
      ...forEach(withoutId, () => ({ merge: true })),
      ...forEach(Object.keys(lists), (type) => ({
        fields: forEach(lists[type] ?? [], () => list),
      })),
    },
  });

  const errors = new ErrorLink(({ error }) => {
    for (const code of codesOf(error)) onError?.(code);
  });
  const retry = new RetryLink({
    attempts: (count, { operationType, variables }, error) => {
      const isQuery = operationType === OperationTypeNode.QUERY;
      return count < 5 && mayRepeat({ isQuery, variables, code: codesOf(error)[0] });
    },
    delay: (count, operation) => {
      const { response } = operation.getContext() as { response?: Response };
      const seconds = Number(response?.headers.get("retry-after") ?? 0);
      return seconds * 1_000 + Math.random() * 300 * 2 ** count;
    },
  });
  // RetryLink does not retry responses: turn those without data into failures.
  const failing = new ApolloLink((operation, forward) =>
    forward(operation).pipe(
      map((result) => {
        if (result.errors && !result.data) throw new CombinedGraphQLErrors(result);
        return result;
      }),
    ),
  );
  const http = new HttpLink({ uri: url, headers: { authorization: `Token ${token}` } });
  return new ApolloClient({ cache, link: ApolloLink.from([errors, retry, failing, http]) });
}

function codesOf(error: unknown): unknown[] {
  const errors = CombinedGraphQLErrors.is(error) ? error.errors : [];
  return errors.map(({ extensions }) => extensions?.["code"]);
}
