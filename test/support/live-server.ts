import { buildSchema, type GraphQLSchema } from "graphql";
import { pino } from "pino";
import type { FastifyInstance } from "fastify";
import { MERCHANT_SCOPES } from "../../src/callers/api-scope.js";
import { composeServices } from "../../src/app/services.js";
import { beginByMethod, SourceEvent } from "../../src/graphql/subscription.js";
import { requireCaller } from "../../src/callers/caller.js";
import type { Context } from "../../src/graphql/context.js";
import { createHttpServer, type HttpServerOptions } from "../../src/http/server.js";
import { createRestApi } from "../../src/rest/rest.js";
import { createTestDatabase, type TestDatabase } from "./database.js";
import { GraphqlClient } from "./graphql-client.js";
import { made, type TestMerchant } from "./server.js";

const SCHEMA = `
  type Query { hello: String! }
  type Mutation { shout(text: String!): String! }
  type Subscription {
    "Counts from the number after \`after\`, or after the cursor that the client sends, up to \`to\`."
    count(to: Int!, after: Int = 0, pad: Int = 0): Count!
    "Sends what the test pushes."
    pushed: Count!
    "Ends with an internal error after its first result."
    broken: Count!
  }
  type Count { number: Int! padding: String! odd: Int! }
`;

interface Count {
  readonly number: number;
  readonly padding: string;
}

/** A server with the program's transports, on a schema whose subscriptions the test controls. */
export class LiveServer extends GraphqlClient {
  /** Called for each number that \`pushed\` sends. */
  private readonly receivers = new Set<(number: number) => void>();
  /** The numbers that \`count\` has given to its clients. */
  counted = 0;
  /** The subscriptions that have had a source. */
  begun = 0;
  /** The subscriptions that have a source. */
  sources = 0;
  /** Called before `pushed` gets its source. */
  beforeSource: () => Promise<void> = () => Promise.resolve();
  /** Called before each number is read. */
  beforeNumber: () => Promise<void> = () => Promise.resolve();

  private constructor(
    readonly url: string,
    readonly http: FastifyInstance,
    readonly composed: ReturnType<typeof composeServices>,
    readonly sharedDatabase: TestDatabase,
    private readonly ownsDatabase: boolean,
  ) {
    super();
  }

  static async start(
    options: Partial<HttpServerOptions> & { database?: TestDatabase } = {},
  ): Promise<LiveServer> {
    const database = options.database ?? (await createTestDatabase());
    const log = pino({ level: "silent" });
    const composed = composeServices({ database, log });
    const schema = buildSchema(SCHEMA);
    const http = await createHttpServer({
      ...options,
      schema,
      log,
      introspection: true,
      authenticator: composed.authenticator,
      tokens: composed.tokens,
      rest: createRestApi(composed.rest, composed.authenticator),
      health: { isDraining: () => false, lookAtDatabase: undefined },
    });
    const origin = await http.listen({ host: "127.0.0.1", port: 0 });
    const ownsDatabase = options.database === undefined;
    const server = new LiveServer(`${origin}/graphql`, http, composed, database, ownsDatabase);
    server.addResolvers(schema);
    return server;
  }

  async stop(): Promise<void> {
    await this.http.close();
    await this.composed.close();
    if (this.ownsDatabase) await this.sharedDatabase.close();
  }

  async createMerchant(): Promise<TestMerchant & { tokenId: string }> {
    const { merchants, apiTokens } = this.composed.services;
    const { id } = made(await merchants.create({ name: "A merchant" }));
    const input = { name: "test", scopes: MERCHANT_SCOPES, merchantId: id };
    const { secret, apiToken } = made(await apiTokens.create(input));
    return { id, token: secret, tokenId: apiToken.id };
  }

  push(number: number): void {
    for (const receive of this.receivers) receive(number);
  }

  private addResolvers(schema: GraphQLSchema): void {
    const resolvers: Record<string, Record<string, Resolver>> = {
      Query: { hello: () => "hello" },
      Mutation: { shout: (_, { text }) => String(text).toUpperCase() },
      Subscription: {
        count: (_, { to, after, pad }, { caller, subscription }) => {
          requireCaller(caller);
          const start = Number(subscription?.resumeAfter ?? after);
          return this.tracked(this.countTo(start, Number(to), Number(pad)));
        },
        pushed: async (_, _args, { caller }) => {
          requireCaller(caller);
          await this.beforeSource();
          return this.tracked(this.pushes());
        },
        broken: () => this.tracked(brokenSource()),
      },
      Count: {
        number: async ({ number }) => {
          await this.beforeNumber();
          return number;
        },
        odd: ({ number }) => {
          if (Number(number) % 2 === 1) return number;
          throw new Error("not odd");
        },
      },
    };
    for (const [type, fields] of Object.entries(resolvers)) {
      const defined = schema.getType(type) as {
        getFields(): Record<string, { resolve?: unknown }>;
      };
      for (const [name, resolve] of Object.entries(fields)) {
        const field = defined.getFields()[name];
        if (field) field.resolve = resolve;
      }
    }
    beginByMethod(schema);
  }

  private async *countTo(
    start: number,
    end: number,
    padding: number,
  ): AsyncGenerator<SourceEvent<Count>> {
    for (let number = start + 1; number <= end; number++) {
      this.counted++;
      yield new SourceEvent({ number, padding: "x".repeat(padding) }, String(number));
      await new Promise(setImmediate);
    }
  }

  private async *pushes(): AsyncGenerator<SourceEvent<Count>> {
    const waiting: number[] = [];
    let wake = (): void => undefined;
    const receive = (number: number): void => {
      waiting.push(number);
      wake();
    };
    this.receivers.add(receive);
    try {
      for (;;) {
        const number = waiting.shift();
        if (number === undefined) await new Promise<void>((resolve) => (wake = resolve));
        else yield new SourceEvent({ number, padding: "" });
      }
    } finally {
      this.receivers.delete(receive);
    }
  }

  /** Counts a source until its consumer ends it, also while it waits. */
  private tracked(source: AsyncGenerator<SourceEvent<Count>>): AsyncIterable<SourceEvent<Count>> {
    this.begun++;
    this.sources++;
    let isOpen = true;
    const end = (): void => {
      if (isOpen) this.sources--;
      isOpen = false;
    };
    return {
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          const step = await source.next();
          if (step.done === true) end();
          return step;
        },
        return: () => {
          end();
          void source.return(undefined);
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    };
  }
}

type Resolver = (
  source: Record<string, unknown>,
  args: Record<string, unknown>,
  context: Context,
) => unknown;

async function* brokenSource(): AsyncGenerator<SourceEvent<Count>> {
  yield new SourceEvent({ number: 1, padding: "" });
  await Promise.reject(new Error("a secret of the server"));
}
