import { ApolloLink } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { type Exchange, subscriptionExchange } from "@urql/core";
import { OperationTypeNode, print } from "graphql";
import { type Client as StreamClient, createClient as createStreamClient } from "graphql-sse";
import { type Client as SocketClient, createClient as createSocketClient } from "graphql-ws";
import type { GraphQLResponse, SubscribeFunction } from "relay-runtime";
import { Observable as RelayObservable } from "relay-runtime";
import { Observable } from "rxjs";

export interface LiveOptions {
  /** The URL of the server's `/graphql`. */
  readonly url: string;
  readonly token: string;
  /** Node.js 20 has no WebSocket of its own. */
  readonly webSocketImpl?: unknown;
}

/** All subscriptions of a page over one WebSocket. */
export function openSocket({ url, token, webSocketImpl }: LiveOptions): SocketClient {
  return createSocketClient({
    url: url.replace(/^http/, "ws"),
    connectionParams: { authorization: `Token ${token}` },
    // A page stays open for days. By default, the client gives up after five attempts.
    retryAttempts: Infinity,
    webSocketImpl,
  });
}

/** Each subscription as a response of its own, which passes every HTTP proxy. */
export function openStreams({ url, token }: LiveOptions): StreamClient {
  return createStreamClient({
    url,
    headers: { authorization: `Token ${token}` },
    retryAttempts: Infinity,
  });
}

/** Apollo Client's subscriptions over a WebSocket; every other operation over another link. */
export function apolloOverSocket(socket: SocketClient, others: ApolloLink): ApolloLink {
  return ApolloLink.split(isSubscription, new GraphQLWsLink(socket), others);
}

/** Apollo Client's subscriptions over event streams; every other operation over another link. */
export function apolloOverStreams(streams: StreamClient, others: ApolloLink): ApolloLink {
  const live = new ApolloLink(
    ({ query, variables }) =>
      new Observable((observer) =>
        streams.subscribe(
          { query: print(query), variables },
          {
            next: (result) => {
              observer.next(result as ApolloLink.Result);
            },
            error: observer.error.bind(observer),
            complete: observer.complete.bind(observer),
          },
        ),
      ),
  );
  return ApolloLink.split(isSubscription, live, others);
}

function isSubscription({ operationType }: ApolloLink.Operation): boolean {
  return operationType === OperationTypeNode.SUBSCRIPTION;
}

/** urql's subscriptions over a WebSocket. Event streams need no exchange, only `fetchSubscriptions: true`. */
export function urqlOverSocket(socket: SocketClient): Exchange {
  return subscriptionExchange({
    forwardSubscription: ({ query = "", variables }) => ({
      subscribe: (sink) => ({
        unsubscribe: socket.subscribe({ query, variables: { ...variables } }, sink as never),
      }),
    }),
  });
}

/** Relay's subscriptions, for `Network.create(fetch, subscribe)`, over a WebSocket or event streams. */
export function relaySubscriptions(live: SocketClient | StreamClient): SubscribeFunction {
  return ({ text, name }, variables) =>
    RelayObservable.create<GraphQLResponse>((sink) =>
      live.subscribe(
        { query: text ?? "", operationName: name, variables },
        {
          next: (result) => {
            sink.next(result as GraphQLResponse);
          },
          error: (error) => {
            sink.error(error as Error);
          },
          complete: () => {
            sink.complete();
          },
        },
      ),
    );
}
