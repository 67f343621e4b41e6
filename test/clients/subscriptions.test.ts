import { ApolloClient, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { Client as UrqlClient, fetchExchange } from "@urql/core";
import { createClient as createStreamClient } from "graphql-sse";
import { createClient as createSocketClient } from "graphql-ws";
import {
  Environment,
  Network,
  Observable,
  RecordSource,
  type SubscribeFunction,
  Store,
} from "relay-runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import WebSocket from "ws";
import {
  apolloOverSocket,
  apolloOverStreams,
  openSocket,
  openStreams,
  relaySubscriptions,
  urqlOverSocket,
} from "../../examples/web/subscriptions.js";
import { TcpLine } from "../support/tcp-line.js";
import { charge, chargePockets, newPhoneNumber } from "../support/pockets.js";
import { type TestMerchant, TestServer } from "../support/server.js";
import { POLL } from "../support/wait-timeout.js";

let server: TestServer;
let line: TcpLine;
let merchant: TestMerchant;
let slug: string;

beforeAll(async () => {
  server = await TestServer.start();
  line = await TcpLine.to(server.url);
  merchant = await server.createMerchant();
  slug = await server.createGroup({}, merchant);
});
afterAll(async () => {
  await line.close();
  await server.stop();
});

const POCKET = `subscription Pocket($slug: String!, $number: String!) {
  pocketChanged(pocketGroupSlug: $slug, phoneNumber: $number) { id balance }
}`;

interface Result {
  data?: { pocketChanged?: { balance?: number } } | null | undefined;
  errors?: readonly { extensions?: { code?: unknown } }[] | undefined;
}

interface Sink {
  readonly next: (result: Result) => void;
  readonly error: (error: unknown) => void;
}

interface Subscribed {
  readonly unsubscribe: () => void;
}

interface Options {
  readonly url: string;
  readonly token: string;
}

/** How each package subscribes. */
type Subscribe = (
  options: Options,
  variables: { slug: string; number: string },
  sink: Sink,
) => Subscribed;

const authorized = (token: string) => ({ authorization: `Token ${token}` });
const wsUrl = (url: string): string => url.replace(/^http/, "ws");

const observe = ({ next, error }: Sink) => ({
  next: next as (result: unknown) => void,
  error,
  complete: () => undefined,
});

function byApollo(link: ConstructorParameters<typeof ApolloClient>[0]["link"]) {
  return (variables: object, { next, error }: Sink): Subscribed => {
    const client = new ApolloClient({ cache: new InMemoryCache(), link });
    return client
      .subscribe({ query: gql(POCKET), variables })
      .subscribe({ next: next as (result: unknown) => void, error });
  };
}

function byUrql(client: UrqlClient) {
  return (variables: object, { next, error }: Sink): Subscribed =>
    client.subscription(POCKET, variables).subscribe((result) => {
      if (result.error) error(result.error.graphQLErrors);
      else next(result as Result);
    });
}

function byRelay(subscribe: SubscribeFunction) {
  return (variables: object, { next, error }: Sink): Subscribed => {
    const none = (): never => {
      throw new Error("only subscriptions");
    };
    const network = Network.create(none, subscribe);
    const environment = new Environment({ network, store: new Store(new RecordSource()) });
    const params = { id: null, name: "Pocket", text: POCKET, operationKind: "subscription" };
    return Observable.from(
      environment.getNetwork().execute(params as never, variables, {}),
    ).subscribe({ next: next as (result: unknown) => void, error });
  };
}

const CLIENTS: readonly (readonly [name: string, subscribe: Subscribe])[] = [
  [
    "graphql-ws",
    ({ url, token }, variables, sink) => {
      const client = createSocketClient({
        url: wsUrl(url),
        connectionParams: authorized(token),
        webSocketImpl: WebSocket,
      });
      return { unsubscribe: client.subscribe({ query: POCKET, variables }, observe(sink)) };
    },
  ],
  ...[false, true].map((singleConnection): readonly [string, Subscribe] => [
    `graphql-sse with ${singleConnection ? "a single connection" : "distinct connections"}`,
    ({ url, token }, variables, sink) => {
      const client = createStreamClient({
        url: singleConnection ? `${url}/stream` : url,
        headers: authorized(token),
        ...(singleConnection ? { singleConnection } : {}),
      });
      return { unsubscribe: client.subscribe({ query: POCKET, variables }, observe(sink)) };
    },
  ]),
  [
    "Apollo Client over a WebSocket",
    (options, variables, sink) => {
      const socket = openSocket({ ...options, webSocketImpl: WebSocket });
      const link = apolloOverSocket(socket, new HttpLink({ uri: options.url }));
      return byApollo(link)(variables, sink);
    },
  ],
  [
    "Apollo Client over event streams",
    (options, variables, sink) => {
      const link = apolloOverStreams(openStreams(options), new HttpLink({ uri: options.url }));
      return byApollo(link)(variables, sink);
    },
  ],
  [
    "urql over a WebSocket",
    (options, variables, sink) => {
      const socket = openSocket({ ...options, webSocketImpl: WebSocket });
      const exchanges = [urqlOverSocket(socket), fetchExchange];
      return byUrql(new UrqlClient({ url: options.url, exchanges }))(variables, sink);
    },
  ],
  [
    "urql over event streams",
    ({ url, token }, variables, sink) => {
      const client = new UrqlClient({
        url,
        exchanges: [fetchExchange],
        fetchOptions: { headers: authorized(token) },
        fetchSubscriptions: true,
      });
      return byUrql(client)(variables, sink);
    },
  ],
  [
    "Relay over a WebSocket",
    (options, variables, sink) =>
      byRelay(relaySubscriptions(openSocket({ ...options, webSocketImpl: WebSocket })))(
        variables,
        sink,
      ),
  ],
  [
    "Relay over event streams",
    (options, variables, sink) =>
      byRelay(relaySubscriptions(openStreams(options)))(variables, sink),
  ],
];

async function begin(subscribe: Subscribe, options: Partial<Options> = {}) {
  const number = newPhoneNumber();
  const results: Result[] = [];
  const errors: unknown[] = [];
  const balance = (): number | undefined => results.at(-1)?.data?.pocketChanged?.balance;
  const addAmount = async (amount: number): Promise<void> => {
    await chargePockets(server, merchant.token, slug, [charge({ phoneNumber: number, amount })]);
  };
  await addAmount(1);
  const subscription = subscribe(
    { url: server.url, token: merchant.token, ...options },
    { slug, number },
    { next: (result) => results.push(result), error: (error) => errors.push(error) },
  );
  return { results, errors, balance, addAmount, subscription };
}

describe.each(CLIENTS)("%s", (_, subscribe) => {
  it("receives a pocket and its changes, until it unsubscribes", async () => {
    const { results, errors, balance, addAmount, subscription } = await begin(subscribe);
    await expect.poll(() => [balance(), errors], POLL).toEqual([1, []]);
    await addAmount(2);
    await expect.poll(balance, POLL).toBe(3);
    subscription.unsubscribe();
    const count = results.length;
    await addAmount(4);
    expect(results).toHaveLength(count);
  });
});

// urql itself does not connect again: for it, the end of an event stream is the end of the subscription.
const RECONNECTING = CLIENTS.filter(([name]) => name !== "urql over event streams");

describe.each(RECONNECTING)("%s, when its connection is lost,", (_, subscribe) => {
  it("connects again and receives the current pocket", async () => {
    const { balance, addAmount, subscription } = await begin(subscribe, { url: line.url });
    await expect.poll(balance, POLL).toBe(1);
    line.cut();
    await addAmount(2);
    await expect.poll(balance, POLL).toBe(3);
    subscription.unsubscribe();
  });
});
