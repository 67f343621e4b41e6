import type { Database } from "../database/database.js";
import { type Tx, inTransaction } from "../database/transaction.js";
import type { AppError } from "../shared/errors.js";
import type { Outcome } from "../shared/user-error.js";
import { parseUuid } from "../shared/uuid.js";

/**
 * Changes a payment in one transaction, of which nothing is kept when it is refused.
 *
 * @param change told whether it is a repetition: an earlier run may have been committed, its answer
 *   being lost. What it then finds as it is to be was its own doing, and is not stale.
 * @throws AppError of `missing` for an id that cannot be one.
 */
export async function updateOnce<T>(
  database: Database,
  id: string,
  missing: (id: string) => AppError,
  change: (tx: Tx, id: string, isRepeat: boolean) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const uuid = parseUuid(id);
  if (uuid === null) throw missing(id);
  let isRepeat = false;
  return inTransaction(
    database.pool,
    (tx) => {
      const outcome = change(tx, uuid, isRepeat);
      isRepeat = true;
      return outcome;
    },
    (outcome) => outcome.isDone,
  );
}
