import type pg from "pg";
import { currentScope, inThisScope } from "../observability/tracing/scope.js";
import type { Trace } from "../observability/tracing/trace.js";

/** A statement that took long. Its values are no part of it. */
export interface SlowStatement {
  readonly text: string;
  readonly durationMs: number;
  /** Rows that it answered or changed; null when it failed. */
  readonly rows: number | null;
  /** Under which PostgreSQL keeps its plan. */
  readonly name?: string;
  /** The request that it was for, where that is known. */
  readonly reqId?: string;
}

export interface StatementWatch {
  /** What is slow; Infinity when nothing is. */
  readonly slowMs: number;
  readonly onSlow: (statement: SlowStatement) => void;
}

/** What is told of a statement when it is sent. */
interface Sent {
  readonly text: string;
  readonly name?: string;
  /** For whom it is, where its sender knows. */
  readonly requestId?: string;
}

type Answer = pg.QueryResult | undefined;
type Callback = (...given: unknown[]) => void;
type Query = (...given: unknown[]) => unknown;

/**
 * Watches every statement that passes over the pool's connections, whoever sends it: for the log of
 * slow ones, and for the traces of requests that are traced. A statement's time begins when it is sent,
 * so that it holds what those before it on its connection took.
 */
export function watchStatements(pool: pg.Pool, watch: StatementWatch): void {
  const connect = pool.connect.bind(pool) as (callback?: Callback) => unknown;
  // Whoever gives a connection back calls who waits for one.
  pool.connect = ((callback?: Callback) =>
    connect(callback && inThisScope(callback))) as typeof pool.connect;

  pool.on("connect", (client) => {
    const send = client.query.bind(client) as Query;
    const query: Query = (...given) => {
      const sent = sentBy(given[0]);
      const ended = began(sent, watch);
      const callback = given.at(-1);
      if (typeof callback === "function") {
        given[given.length - 1] = (error: unknown, answer: Answer) => {
          ended(error ?? undefined, answer);
          (callback as Callback)(error, answer);
        };
        return send(...given);
      }
      const answering = send(...given) as Promise<pg.QueryResult>;
      answering.then((answer) => {
        ended(undefined, answer);
      }, ended);
      return answering;
    };
    client.query = query as typeof client.query;
  });
}

function sentBy(statement: unknown): Sent {
  return typeof statement === "string" ? { text: statement } : (statement as Sent);
}

/** @returns what to call when the statement was answered. */
function began(sent: Sent, watch: StatementWatch): (error: unknown, answer?: Answer) => void {
  const sentAt = performance.now();
  const scope = currentScope();
  const trace = scope && beginTrace(scope.trace, sent);
  return (error, answer) => {
    const rows = answer?.rowCount ?? null;
    const durationMs = performance.now() - sentAt;
    if (durationMs >= watch.slowMs) {
      const { name, requestId = scope?.requestId } = sent;
      watch.onSlow({
        text: shortened(sent.text),
        durationMs: Math.round(durationMs),
        rows,
        ...(name === undefined ? {} : { name }),
        ...(typeof requestId === "string" ? { reqId: requestId } : {}),
      });
    }
    if (trace === undefined) return;
    if (error !== undefined) trace.fail(error);
    if (rows !== null) trace.set({ "db.response.returned_rows": rows });
    trace.end();
  };
}

function beginTrace(above: Trace, { text, name }: Sent): Trace {
  const command = /^\s*(\w+)/.exec(text)?.[1] ?? "statement";
  const table = /\b(?:from|into|update|join)\s+(?:"?public"?\.)?"?([a-z]\w*)/i.exec(text)?.[1];
  const named = name === undefined || name.startsWith("text_") ? undefined : name;
  return above.begin(named ?? [command.toLowerCase(), table].filter(Boolean).join(" "), {
    isCall: true,
    attributes: {
      "db.system.name": "postgresql",
      "db.operation.name": command.toUpperCase(),
      "db.query.text": shortened(text),
    },
  });
}

const MAX_TEXT_LENGTH = 2_000;

/** The statement as it was sent, with `$1` in place of its values, on one line. */
function shortened(text: string): string {
  const line = text.slice(0, MAX_TEXT_LENGTH).replace(/\s+/g, " ").trim();
  return text.length > MAX_TEXT_LENGTH ? `${line} …` : line;
}
