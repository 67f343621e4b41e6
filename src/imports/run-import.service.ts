import { randomBytes } from "node:crypto";
import type { Logger } from "pino";
import type { MerchantCaller } from "../callers/caller.js";
import { auditOf } from "../records/audit.js";
import { minorUnitsOf } from "../shared/currency.js";
import type { Instant } from "../shared/instant.js";
import { newId } from "../shared/uuid.js";
import { AlikeRows } from "./alike-rows.service.js";
import type { ImportEvent, ImportRequest } from "./import-event.js";
import { type ImportKind, KIND_RULES } from "./import-kind.js";
import { ImportTotals } from "./import-outcome.js";
import { ImportRun } from "./import-run.service.js";
import { ImportTokens } from "./import-tokens.js";
import type { ImportKey, ImportStore, KnownImport } from "./import.store.js";
import { type PocketServices, PostRows } from "./post-rows.service.js";
import type { ReceivedFile } from "./received-file.js";

export interface RunImportParts {
  readonly store: ImportStore;
  readonly pockets: PocketServices;
  /** The same services, which change nothing. */
  readonly previewOf: (kind: ImportKind) => PocketServices;
  readonly log: Pick<Logger, "info" | "warn">;
}

/** A received file, and what to do with it. */
export interface GivenImport {
  readonly caller: MerchantCaller;
  readonly request: ImportRequest;
  readonly pocketGroupId: string;
  readonly currency: string;
  readonly file: ReceivedFile;
  readonly signal: AbortSignal;
}

const SEED_BYTES = 16;

/** Charges or debits the rows of a received file, or previews it. */
export class RunImport {
  constructor(private readonly parts: RunImportParts) {}

  /** Reports what happens. The last event is always the end. Never throws. */
  async *events(given: GivenImport): AsyncGenerator<ImportEvent> {
    const { request, file, currency } = given;
    const began = performance.now();
    const totals = new ImportTotals();
    let error: unknown = null;
    try {
      const { firstImportedAt, ...known } = await this.knownImport(given);
      yield { type: "begin", file, request, currency, firstImportedAt };
      const run = this.runOf(given, known, totals);
      for await (const event of run.events()) {
        if (event.type === "failed") ({ error } = event);
        else yield { ...event, totals };
      }
      if (!request.isDryRun && error === null) await this.recordEnd(given, known, totals);
    } catch (thrown) {
      error = thrown;
    } finally {
      this.logEnd(given, totals, performance.now() - began);
    }
    yield { type: "end", totals, error };
  }

  private runOf(
    { file, request, signal, pocketGroupId, currency }: GivenImport,
    { seed, createdAt }: KnownImport,
    totals: ImportTotals,
  ): ImportRun {
    const { kind, isDryRun, renew, pocketGroupSlug: slug } = request;
    const tokens = new ImportTokens(seed, Date.parse(createdAt));
    const { store, previewOf, pockets } = this.parts;
    const alike = isDryRun ? new AlikeRows(store, kind, pocketGroupId) : null;
    return new ImportRun({
      ...{ rows: file.rows(), columns: file.columns, slug, renew, signal, totals },
      minorUnits: minorUnitsOf(currency),
      posting: new PostRows(kind, isDryRun ? previewOf(kind) : pockets, alike),
      tokenOf: (row) => tokens.tokenOf(row),
      isPreview: isDryRun,
    });
  }

  /** The import of the file, which determines the tokens of its rows. A dry run creates none. */
  private async knownImport(
    given: GivenImport,
  ): Promise<KnownImport & { readonly firstImportedAt: Instant | null }> {
    const { caller, request } = given;
    const key = keyOf(given);
    const fresh = { id: newId(), seed: randomBytes(SEED_BYTES) };
    if (request.isDryRun) {
      const earlier = await this.parts.store.find(key);
      if (earlier !== null) return { ...earlier, firstImportedAt: earlier.createdAt };
      const createdAt = new Date().toISOString() as Instant;
      return { ...fresh, createdAt, firstImportedAt: null };
    }
    const audit = auditOf(caller, KIND_RULES[request.kind].operation);
    const known = await this.parts.store.findOrCreate(key, fresh, audit);
    return { ...known, firstImportedAt: known.id === fresh.id ? null : known.createdAt };
  }

  private async recordEnd(
    { caller, request }: GivenImport,
    { id }: KnownImport,
    totals: ImportTotals,
  ): Promise<void> {
    const audit = auditOf(caller, KIND_RULES[request.kind].operation);
    try {
      const key = { merchantId: caller.merchantId, id };
      await this.parts.store.end(key, countsOf(totals), audit);
    } catch (err) {
      // Every row has its result, which must reach the client.
      this.parts.log.warn({ err }, "could not record the end of an import");
    }
  }

  private logEnd({ caller, request, file }: GivenImport, totals: ImportTotals, ms: number): void {
    const { kind, pocketGroupSlug, isDryRun } = request;
    const { merchantId } = caller;
    const context = { merchantId, pocketGroupSlug, kind, isDryRun, of: file.rowCount };
    const { rows, ...counts } = countsOf(totals);
    const isComplete = rows === file.rowCount;
    const durationMs = Math.round(ms);
    this.parts.log.info({ ...context, rows, ...counts, isComplete, durationMs }, "import ended");
  }
}

function keyOf({ caller, request, pocketGroupId, file }: GivenImport): ImportKey {
  const { merchantId } = caller;
  const { kind, again } = request;
  return { merchantId, pocketGroupId, kind, fileSha256: file.sha256, again };
}

function countsOf(totals: ImportTotals) {
  return {
    rows: totals.rows,
    succeeded: totals.of("SUCCESS").rows,
    repeated: totals.of("REPEATED").rows,
    refused: totals.of("REFUSED").rows,
  };
}
