import type pg from "pg";
import { currentScope, bindToScope } from "../observability/tracing/scope.js";
import type { Trace } from "../observability/tracing/trace.js";

/** A slow statement, without its values. */
export interface SlowStatement {
  readonly text: string;
  readonly durationMs: number;
  /** The number of rows that it returned or changed; null if it failed. */
  readonly rows: number | null;
  /** The name under which PostgreSQL keeps its plan. */
  readonly name?: string;
  /** The id of its request, if known. */
  readonly reqId?: string;
}

export interface StatementWatch {
  /** The duration from which a statement is slow; Infinity to report none. */
  readonly slowMs: number;
  readonly onSlow: (statement: SlowStatement) => void;
}

/** The properties of a sent statement. */
interface Sent {
  readonly text: string;
  readonly name?: string;
  /** The id of its request, if the sender knows it. */
  readonly requestId?: string;
}

type Answer = pg.QueryResult | undefined;
type Callback = (...given: unknown[]) => void;
type Query = (...given: unknown[]) => unknown;

/**
 * Watches every statement on the pool's connections, including Prisma's, for the log of slow statements and for traces.
 * The duration starts when a statement is sent, so it includes the time of earlier statements on the same connection.
 */
export function watchStatements(pool: pg.Pool, watch: StatementWatch): void {
  const connect = pool.connect.bind(pool) as (callback?: Callback) => unknown;
  // The request that releases a connection calls the callback of the waiting one, so restore the waiting scope.
  pool.connect = ((callback?: Callback) =>
    connect(callback && bindToScope(callback))) as typeof pool.connect;

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

/** @returns a function to call when the statement ends. */
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

/** The text of a statement on one line, with `$1` in place of values. */
function shortened(text: string): string {
  const line = text.slice(0, MAX_TEXT_LENGTH).replace(/\s+/g, " ").trim();
  return text.length > MAX_TEXT_LENGTH ? `${line} …` : line;
}
