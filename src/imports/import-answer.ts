import type { ImportEvent } from "./import-event.js";
import type { ImportTotals, RowOutcome } from "./import-outcome.js";

/** Why an import ended early, as its client sees it. */
export interface ShownError {
  readonly code: string;
  readonly message: string;
}

/** An event with the error of the end in its public form. */
export type ShownEvent =
  | Exclude<ImportEvent, { readonly type: "end" }>
  | { readonly type: "end"; readonly totals: ImportTotals; readonly error: ShownError | null };

/** Which rows an answer lists. */
export type ListedRows = "all" | "refused" | "none";

/** How the answer to an import is written. */
export interface ImportAnswer {
  readonly mediaType: string;
  write(event: ShownEvent): string;
}

export function isListed({ status }: RowOutcome, rows: ListedRows): boolean {
  return rows === "all" || (rows === "refused" && status === "REFUSED");
}

const NOTHING_CHANGED =
  "Nothing was changed. Other requests may change the pockets before the import, which may then have other results.";

/** What is said at the end of a dry run. */
function cautionOf({ alike }: ImportTotals): string {
  if (alike === 0) return NOTHING_CHANGED;
  const rows = alike === 1 ? "1 row has" : `${alike.toLocaleString("en")} rows have`;
  return `${rows} the phone number, amount and reference of an entry of the last 7 days, and would be made again. If the file is an edited copy of one that was imported, import only its refused rows. ${NOTHING_CHANGED}`;
}

/** The parts of an answer, each an object with one name. */
export type AnswerPart = readonly [name: "import" | "row" | "progress" | "end", value: object];

/** The parts that an event adds to an answer of JSON objects. */
export class AnswerParts {
  private isDryRun = false;
  private rowCount = 0;

  constructor(private readonly rows: ListedRows) {}

  of(event: ShownEvent): AnswerPart[] {
    switch (event.type) {
      case "begin":
        return [["import", this.begin(event)]];
      case "rows": {
        const listed = event.outcomes.filter((one) => isListed(one, this.rows));
        const rows = listed.map((one): AnswerPart => ["row", this.row(one)]);
        return [...rows, ["progress", this.progress(event.totals)]];
      }
      case "progress":
        return [["progress", this.progress(event.totals)]];
      case "end":
        return [["end", this.end(event)]];
    }
  }

  private begin({
    file,
    request,
    currency,
    firstImportedAt,
  }: Extract<ShownEvent, { readonly type: "begin" }>): object {
    this.isDryRun = request.isDryRun;
    this.rowCount = file.rowCount;
    const { kind, pocketGroupSlug, isDryRun } = request;
    return {
      ...{ kind, pocketGroupSlug, currency, isDryRun },
      ...{ rows: file.rowCount, columns: file.columns.names, fileSha256: file.sha256 },
      firstImportedAt,
    };
  }

  private row({ line, row, status, code, message, ...rest }: RowOutcome): object {
    const { request, phoneNumber, problem, hasOwnToken, cells } = rest;
    return {
      ...{ line, row, status, code, message },
      // The tokens of a dry run are not those of the import.
      token: hasOwnToken || !this.isDryRun ? request.token : null,
      phoneNumber,
      amount: problem?.code === "INVALID_AMOUNT" ? null : request.amount,
      cells,
    };
  }

  private progress(totals: ImportTotals): object {
    const [succeeded, repeated, refused] = countsOf(totals);
    return { rows: totals.rows, of: this.rowCount, succeeded, repeated, refused };
  }

  private end({ totals, error }: Extract<ShownEvent, { readonly type: "end" }>): object {
    const { SUCCESS: succeeded, REPEATED: repeated, REFUSED: refused } = talliesOf(totals);
    return {
      isComplete: error === null,
      ...{ rows: totals.rows, of: this.rowCount },
      ...{ succeeded, repeated, refused, refusedByCode: totals.refusedByCode },
      ...{ alike: totals.alike, error, caution: this.isDryRun ? cautionOf(totals) : null },
    };
  }
}

const STATUSES = ["SUCCESS", "REPEATED", "REFUSED"] as const;

function countsOf(totals: ImportTotals): number[] {
  return STATUSES.map((status) => totals.of(status).rows);
}

/** The sums are texts, because they may exceed the exact numbers of JSON clients. */
function talliesOf(totals: ImportTotals) {
  const shown = STATUSES.map((status) => {
    const { rows, amount } = totals.of(status);
    return [status, { rows, amount: String(amount) }] as const;
  });
  return Object.fromEntries(shown) as Record<(typeof STATUSES)[number], object>;
}
