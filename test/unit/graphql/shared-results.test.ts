import { type ExecutionResult, Kind, type OperationDefinitionNode, parse } from "graphql";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ApiScope } from "../../../src/callers/api-scope.js";
import type { Context } from "../../../src/graphql/context.js";
import { SharedResults } from "../../../src/graphql/execution/shared-results.js";

let shared: SharedResults;
let executed: number;

beforeEach(() => {
  shared = new SharedResults();
  executed = 0;
});

afterEach(() => {
  vi.useRealTimers();
});

function operationOf(source: string): OperationDefinitionNode {
  const [definition] = parse(source).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error("not an operation");
  return definition;
}

const EVENTS = operationOf("subscription ($first: Int) { events { id } }");

function subscriber(operation = EVENTS, variables: unknown = {}) {
  return shared.sharing(operation, variables, (): Promise<ExecutionResult> => {
    executed += 1;
    return Promise.resolve({ data: { executed } });
  });
}

function contextOf(merchantId: string | null, scopes: readonly ApiScope[]): Context {
  return { caller: { tokenId: "t", employeeId: null, merchantId, scopes } } as unknown as Context;
}

const context = contextOf("m", ["POCKETS_READ", "PAYMENTS_READ"]);

describe("the result of a subscription for an event", () => {
  it("is computed once for all subscribers with the same operation, variables, merchant and scopes", async () => {
    const event = {};
    const others = [context, contextOf("m", ["PAYMENTS_READ", "POCKETS_READ"])];
    const first = await subscriber()(context, event);
    for (const other of others) expect(await subscriber()(other, event)).toBe(first);
    expect(executed).toBe(1);
  });

  const cases: [string, () => Promise<unknown>][] = [
    ["another event", () => subscriber()(context, {})],
    [
      "another merchant",
      () => subscriber()(contextOf("n", ["POCKETS_READ", "PAYMENTS_READ"]), EVENT),
    ],
    ["fewer scopes", () => subscriber()(contextOf("m", ["POCKETS_READ"]), EVENT)],
    [
      "more scopes",
      () =>
        subscriber()(contextOf("m", ["POCKETS_READ", "PAYMENTS_READ", "POCKETS_CHARGE"]), EVENT),
    ],
    ["other variables", () => subscriber(EVENTS, { first: 1 })(context, EVENT)],
    [
      "another operation",
      () => subscriber(operationOf("subscription { events { type } }"))(context, EVENT),
    ],
  ];
  const EVENT = {};

  it.each(cases)("is computed again for %s", async (_, other) => {
    const first = await subscriber()(context, EVENT);
    expect(await other()).not.toBe(first);
    expect(executed).toBe(2);
  });

  it("is computed again after a second, so that it never shows an old state", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const event = {};
    const run = subscriber();
    const first = await run(context, event);
    vi.advanceTimersByTime(1_000);
    expect(await run(context, event)).toBe(first);
    vi.advanceTimersByTime(1);
    expect(await run(context, event)).not.toBe(first);
  });

  it("is computed for each subscriber if it is not an object", async () => {
    const run = subscriber();
    expect(await run(context, null)).not.toBe(await run(context, null));
  });
});
