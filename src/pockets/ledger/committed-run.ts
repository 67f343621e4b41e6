import type { ItemResult, ItemSuccess } from "./item-result.js";
import type { Ledger } from "./ledger.js";

/** The results of a request in one run of its transaction. */
export interface Run {
  readonly results: ItemResult[];
  /** The first item that the run wrote for the request; undefined if it wrote none. */
  readonly written: ItemSuccess | undefined;
}

/**
 * The results of an earlier run of the request's transaction whose commit took place, although its response was lost;
 * null if there was none. The run is known by an entry or a hold that it has written. A transaction commits everything
 * or nothing, so that one of them is enough. Other requests of the batch without an entry are settled now: their
 * earlier results had no effect, and no client has received them.
 */
export function committedResults(runs: readonly Run[], ledger: Ledger): ItemResult[] | null {
  return runs.find(({ written }) => written && isWritten(written, ledger))?.results ?? null;
}

/**
 * A release has no entry, and is known by the time of its hold's last change, which no later change follows. The hold's
 * id is not enough: the entry that made the hold has it too.
 */
function isWritten({ entry, hold }: ItemSuccess, { entries, holds }: Ledger): boolean {
  if (entry !== null) return entries.some(({ id }) => id === entry.id);
  return holds.some(({ id, updatedAt }) => id === hold?.id && updatedAt === hold.updatedAt);
}
