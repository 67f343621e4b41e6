import { type Database } from "../database/database.js";
import { isDistributed } from "../database/distributed.js";
import { separatePool } from "../database/separate-pool.js";
import { inSnapshot, streamPages } from "../database/snapshot.js";
import { JoinedValues } from "../listing/joined-values.js";
import type { ListedRow, WholeList } from "../listing/whole-list.js";

/** Receives the rows of a list. The store reads no further while a promise is pending. */
export interface RowReceiver {
  /** Called once, when the first rows have been read. @param total the number of rows; null if it was not requested. */
  readonly begin: (total: number | null) => Promise<void>;
  readonly page: (rows: readonly ListedRow[]) => Promise<void>;
}

export interface ReadOptions {
  /** Virtual fields of the list to read from the table that they are in. */
  readonly joined: readonly string[];
  /** Whether to count the rows first, which takes as long as `totalCount`. */
  readonly counts: boolean;
  readonly signal: AbortSignal;
}

/** Reads whole lists on connections of its own. */
export class ExportStore {
  private readonly pool: Database["pool"];
  private closed: Promise<void> | undefined;

  /** @param size the maximum number of its connections. */
  constructor(
    private readonly database: Pick<Database, "pool">,
    size: number,
  ) {
    this.pool = separatePool(database.pool, size);
  }

  /** Reads the rows in the list's order, from one snapshot of the database. Keeps two pages of them in memory. */
  async read(
    list: WholeList,
    { joined, counts, signal }: ReadOptions,
    { begin, page }: RowReceiver,
  ): Promise<void> {
    const isCluster = await isDistributed(this.database.pool);
    const read = async (snapshot: Parameters<WholeList["count"]>[0]): Promise<void> => {
      const total = counts ? await list.count(snapshot) : null;
      const values = new JoinedValues(list.definition.record, joined);
      const statement = await list.statement(snapshot, isCluster);
      let hasBegun = false;
      for await (const rows of streamPages(snapshot, list.row, statement)) {
        signal.throwIfAborted();
        const whole = await values.addTo(snapshot, rows);
        if (!hasBegun) await begin(total);
        hasBegun = true;
        await page(whole);
        signal.throwIfAborted();
      }
    };
    await inSnapshot(this.pool, read, signal);
  }

  /** May be called again. */
  close(): Promise<void> {
    return (this.closed ??= this.pool.end());
  }
}
