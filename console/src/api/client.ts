import { createClient as createEventStream } from "graphql-sse";
import { Client, cacheExchange, fetchExchange, mapExchange, subscriptionExchange } from "urql";
import { isRefusedToken } from "./problems.js";

const URL = "/graphql";

/**
 * The client of one token. A mutation makes urql read again every query with a type that the mutation returned.
 *
 * @param onRefused called when the server refuses the token, which may have expired or been revoked.
 */
export function createClient(token: string, onRefused: () => void): Client {
  const headers = { authorization: `Token ${token}` };
  // One connection for each subscription: with several server processes, a shared one needs sticky routing.
  const options = { url: URL, headers, singleConnection: false } as const;
  const events = createEventStream(options);
  const resumable = createEventStream({ ...options, retryAttempts: 0 });
  return new Client({
    url: URL,
    preferGetMethod: false,
    fetchOptions: { headers },
    requestPolicy: "cache-and-network",
    exchanges: [
      mapExchange({
        onError: (error) => {
          if (isRefusedToken(error)) onRefused();
        },
      }),
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = "", variables }) => ({
          subscribe: (sink) => {
            // Its component connects again itself, after the last event that it received.
            const stream = variables && "after" in variables ? resumable : events;
            const request = { query, ...(variables ? { variables } : {}) };
            return { unsubscribe: stream.subscribe(request, sink) };
          },
        }),
      }),
    ],
  });
}
