import { expect } from "vitest";
import { pino } from "pino";
import { type App, createApp } from "../../src/app/app.js";
import { instantOf } from "../../src/shared/instant.js";
import type { SecretKey } from "../../src/shared/secret-key.js";
import type { TestDatabase } from "./database.js";
import { DEMO_KEY, startDemoServer } from "./demo.js";
import type { GraphqlError } from "./graphql-client.js";
import type { RandomRequest } from "./random-documents.js";
import type { TestServer } from "./server.js";

type Json = Record<string, unknown>;

const ANY = Number.MAX_SAFE_INTEGER;

interface ExecutorAnswer {
  readonly status: number;
  readonly keys: string[];
  readonly data: Json | null | undefined;
  /** The bytes of the data. */
  readonly text: string;
  readonly errors: (GraphqlError & { path?: (string | number)[] })[];
}

/** Two servers on one database: one compiles queries, the other interprets them. */
export class TwoExecutors {
  private constructor(
    private readonly compiling: App,
    private readonly interpreting: App,
  ) {}

  static async start(
    database: TestDatabase,
    secretKeys: readonly SecretKey[],
  ): Promise<TwoExecutors> {
    const start = (compilesQueries: boolean): Promise<App> =>
      createApp({
        database,
        log: pino({ level: "silent" }),
        introspection: true,
        // Random requests exceed the default limits.
        documentLimits: {
          nesting: ANY,
          values: ANY,
          selections: ANY,
          depth: ANY,
          aliases: ANY,
          directives: ANY,
          cost: ANY,
        },
        httpLimits: { responseBytes: ANY },
        compilesQueries,
        secretKeys: () => secretKeys,
        // Both must see the same records as expired.
        clock: { now: () => NOW },
      });
    return new TwoExecutors(await start(true), await start(false));
  }

  async close(): Promise<void> {
    await this.compiling.close();
    await this.interpreting.close();
  }

  /** Expects the same response from both, also when the first runs compiled code. */
  async expectSameAnswers(token: string, request: RandomRequest): Promise<ExecutorAnswer> {
    const [first, expected] = await Promise.all([
      answerOf(this.compiling, token, request),
      answerOf(this.interpreting, token, request),
    ]);
    expect(comparable(first, expected)).toEqual(comparable(expected, first));
    // The server compiles a query when it is used for the second time.
    const second = await answerOf(this.compiling, token, request);
    expect(comparable(second, expected)).toEqual(comparable(expected, second));
    return second;
  }
}

/** Two executors on the demo's records. */
export interface DemoExecutors {
  readonly server: TestServer;
  readonly executors: TwoExecutors;
  /** A token of the demo's merchant. */
  readonly token: string;
  stop(): Promise<void>;
}

export async function startDemoExecutors(): Promise<DemoExecutors> {
  const { server, demo } = await startDemoServer();
  const token = await demo.createToken();
  const executors = await TwoExecutors.start(server.database, [DEMO_KEY]);
  const stop = async (): Promise<void> => {
    await executors.close();
    await server.stop();
  };
  return { server, executors, token, stop };
}

const NOW = instantOf(new Date("2026-12-01T00:00:00Z"));
const REQUEST_ID = /(?<=request id |"requestId":")[-0-9a-f]{36}/g;

async function answerOf(app: App, token: string, request: RandomRequest): Promise<ExecutorAnswer> {
  const { statusCode, body } = await app.http.inject({
    method: "POST",
    url: "/graphql",
    headers: { authorization: `Token ${token}` },
    payload: request,
  });
  const { errors = [], ...rest } = JSON.parse(
    body.replace(REQUEST_ID, "(an id)"),
  ) as Partial<ExecutorAnswer>;
  const text = body.slice(body.indexOf('"data":'), body.lastIndexOf(',"extensions":'));
  const keys = Object.keys(rest);
  return { status: statusCode, keys, data: rest.data, text, errors: [...errors] };
}

/**
 * Normalizes a response for comparison. Data are compared as text, including the order of keys. The order
 * of errors is random. If several errors make the same value null, the number of reported errors is also
 * random, because graphql-js does not wait for all of them. Both servers must then report at least one of
 * them, with the same error for the same field.
 */
function comparable(answer: ExecutorAnswer, other: ExecutorAnswer): unknown {
  const { data, text, errors, status, keys } = answer;
  const isPropagated = (error: GraphqlError): boolean =>
    nullAt(data, error.path).length < (error.path?.length ?? 0);
  const fields = new Set(other.errors.map(fieldOf));
  const isSameStatus = JSON.stringify(errors[0]) === JSON.stringify(other.errors[0]);
  return {
    keys,
    data: JSON.stringify(data),
    text: errors.length === 0 ? text : null,
    status: isSameStatus ? status : "of the first error",
    errors: sorted(errors.filter((error) => !isPropagated(error))),
    nullOutOf: [...new Set(sorted(errors.filter(isPropagated).map((e) => nullAt(data, e.path))))],
    propagated: sorted(errors.filter((error) => isPropagated(error) && fields.has(fieldOf(error)))),
  };
}

/** The part of a path up to the value that is null. */
function nullAt(data: unknown, path: readonly (string | number)[] = []): (string | number)[] {
  let value = data;
  const taken: (string | number)[] = [];
  for (const key of path) {
    if (value === null || value === undefined) break;
    value = (value as Record<string | number, unknown>)[key];
    taken.push(key);
  }
  return taken;
}

function fieldOf({ path }: GraphqlError): string {
  return JSON.stringify(path);
}

function sorted(values: readonly unknown[]): string[] {
  return values.map((value) => JSON.stringify(value)).sort();
}
