import type { ExecutionResult } from "graphql";
import type { ReadBudget } from "../../shared/read-budget.js";
import { exceededError } from "../exceeded.js";

/**
 * Refuses a response that is too large, before it is serialized. Until then it is small, because repeated values share
 * the strings of the rows.
 */
export function limitResponse(result: ExecutionResult, reads: ReadBudget): ExecutionResult {
  const { maxBytes: allowed } = reads;
  if (!reads.isSpent && bytesLeft(result.data, allowed) >= 0) return result;
  return { errors: [exceededError({ limit: "response", has: allowed + 1, allowed })] };
}

/** Quotes, a colon and a comma. */
const PUNCTUATION_BYTES = 4;

/** The remaining bytes after a value is written. Stops below 0, when the value does not fit. */
function bytesLeft(value: unknown, bytes: number): number {
  let left = bytes - PUNCTUATION_BYTES;
  if (typeof value === "string") return left - Buffer.byteLength(value);
  if (typeof value !== "object" || value === null) return left - String(value).length;
  if (Array.isArray(value)) {
    for (const item of value) if ((left = bytesLeft(item, left)) < 0) break;
    return left;
  }
  const fields = value as Readonly<Record<string, unknown>>;
  for (const key in fields) if ((left = bytesLeft(fields[key], left - key.length)) < 0) break;
  return left;
}
