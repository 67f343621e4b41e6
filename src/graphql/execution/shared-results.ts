import type { ExecutionResult, OperationDefinitionNode } from "graphql";
import type { Caller } from "../../callers/caller.js";
import type { Context } from "../context.js";

/** How long a result is shared. It shows what was stored when it was requested first. */
const SHARED_MS = 1_000;

type Execute = (context: Context, value: unknown) => Promise<ExecutionResult>;

interface SharedResult {
  readonly requestedAt: number;
  readonly result: Promise<ExecutionResult>;
}

/**
 * Executes a subscription's operation once for all subscribers to whom the same event is sent. They must have the same
 * operation, variables, merchant and scopes, which decide together what a result contains. A result with errors is only
 * for those who already wait for it, because the next execution may succeed.
 */
export class SharedResults {
  /** By the value of the event, which is one object for all subscribers. */
  private readonly ofValues = new WeakMap<object, Map<string, SharedResult>>();
  private readonly operations = new WeakMap<OperationDefinitionNode, number>();
  private operationCount = 0;

  /** @returns a function that executes the operation for an event, unless another subscriber's result can be used. */
  sharing(
    operation: OperationDefinitionNode,
    variables: unknown,
    caller: Caller | null,
    execute: Execute,
  ): Execute {
    const { merchantId = null, scopes = [] } = caller ?? {};
    const number = this.numberOf(operation);
    const key = JSON.stringify([number, merchantId, scopes.toSorted(), variables]);
    return (context, value) => {
      if (typeof value !== "object" || value === null) return execute(context, value);
      const results = this.ofValues.get(value) ?? new Map<string, SharedResult>();
      this.ofValues.set(value, results);
      const known = results.get(key);
      const now = performance.now();
      if (known !== undefined && now - known.requestedAt <= SHARED_MS) return known.result;
      const result = execute(context, value);
      results.set(key, { requestedAt: now, result });
      const forget = (): void => {
        if (results.get(key)?.result === result) results.delete(key);
      };
      result.then(({ errors }) => {
        if (errors) forget();
      }, forget);
      return result;
    };
  }

  private numberOf(operation: OperationDefinitionNode): number {
    const known = this.operations.get(operation) ?? ++this.operationCount;
    this.operations.set(operation, known);
    return known;
  }
}
