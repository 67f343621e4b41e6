import {
  type ExecutionResult,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  parse,
} from "graphql";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ApiScope } from "../../../src/callers/api-scope.js";
import type { Caller } from "../../../src/callers/caller.js";
import type { Context } from "../../../src/graphql/context.js";
import { SharedResults } from "../../../src/graphql/execution/shared-results.js";
import { newId } from "../../../src/shared/uuid.js";

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

function callerOf(merchantId: string, ...scopes: ApiScope[]): Caller {
  return { tokenId: newId(), employeeId: null, merchantId, scopes };
}

/** What subscribers share, and what they may differ in. */
const FIRST = {
  operation: EVENTS,
  variables: {},
  caller: callerOf("m", "POCKETS_READ", "PAYMENTS_READ"),
};

/** Sends an event to a subscriber. */
function send(
  event: unknown,
  other: Partial<typeof FIRST> = {},
  outcome: Promise<ExecutionResult> = Promise.resolve({ data: {} }),
): Promise<ExecutionResult> {
  const { operation, variables, caller } = { ...FIRST, ...other };
  const execute = async (): Promise<ExecutionResult> => {
    executed += 1;
    return { ...(await outcome) };
  };
  return shared.sharing(operation, variables, caller, execute)(CONTEXT, event);
}

const CONTEXT = {} as Context;

describe("the result of a subscription for an event", () => {
  it("is computed once for all subscribers with the same operation, variables, merchant and scopes", async () => {
    const event = {};
    const first = await send(event);
    const again = callerOf("m", "PAYMENTS_READ", "POCKETS_READ");
    expect(await send(event)).toBe(first);
    expect(await send(event, { variables: {}, caller: again })).toBe(first);
    expect(executed).toBe(1);
  });

  it.each<[string, Partial<typeof FIRST>]>([
    ["another merchant", { caller: callerOf("n", "POCKETS_READ", "PAYMENTS_READ") }],
    ["fewer scopes", { caller: callerOf("m", "POCKETS_READ") }],
    ["more scopes", { caller: callerOf("m", "POCKETS_READ", "PAYMENTS_READ", "POCKETS_CHARGE") }],
    ["other variables", { variables: { first: 1 } }],
    ["another operation", { operation: operationOf("subscription { events { type } }") }],
  ])("is computed again for %s", async (_, other) => {
    const event = {};
    const first = await send(event);
    expect(await send(event, other)).not.toBe(first);
    expect(executed).toBe(2);
  });

  it("is computed again for another event", async () => {
    expect(await send({})).not.toBe(await send({}));
  });

  it("is computed again after errors, but once for all who wait", async () => {
    const event = {};
    const failed = Promise.resolve({ data: null, errors: [new GraphQLError("failed")] });
    const [first, second] = await Promise.all([send(event, {}, failed), send(event, {}, failed)]);
    expect(second).toBe(first);
    expect(await send(event)).toEqual({ data: {} });
    const broken = {};
    const failure = Promise.reject(new Error("broken"));
    await expect(send(broken, {}, failure)).rejects.toThrow("broken");
    expect(await send(broken)).toEqual({ data: {} });
    expect(executed).toBe(4);
  });

  it("is computed again after a second, so that it never shows an old state", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const event = {};
    const first = await send(event);
    vi.advanceTimersByTime(1_000);
    expect(await send(event)).toBe(first);
    vi.advanceTimersByTime(1);
    expect(await send(event)).not.toBe(first);
  });

  it("is computed for each subscriber if it is not an object", async () => {
    expect(await send(null)).not.toBe(await send(null));
  });
});
