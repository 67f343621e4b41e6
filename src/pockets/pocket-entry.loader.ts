import DataLoader from "dataloader";
import { perRequest } from "../graphql/context.js";
import { toOneLoader } from "../listing/loader.js";
import type { PocketEntry } from "./pocket-entry.record.js";
import type { EntryKey, PocketEntryStore } from "./pocket-entry.store.js";
import type { PocketHoldRow } from "./pocket-hold.record.js";

/** The relations of entries and holds. */
export class PocketEntryLoader {
  constructor(private readonly store: PocketEntryStore) {}

  readonly byKey = perRequest(() =>
    toOneLoader<EntryKey, PocketEntry>((keys) => this.store.findEntries(keys), keyOf),
  );

  readonly holdByKey = perRequest(() =>
    toOneLoader<EntryKey, PocketHoldRow>((keys) => this.store.findHolds(keys), keyOf),
  );

  /** How much of an entry was taken back. */
  readonly reversedAmount = perRequest(
    () =>
      new DataLoader<EntryKey, number, string>(
        async (keys) => {
          const sums = await this.store.reversedAmounts(keys);
          const amounts = new Map(sums.map((sum) => [keyOf(sum), sum.amount]));
          return keys.map((key) => amounts.get(keyOf(key)) ?? 0);
        },
        { cacheKeyFn: keyOf },
      ),
  );
}

function keyOf({ pocketGroupId, id }: EntryKey): string {
  return `${pocketGroupId} ${id}`;
}
