/** What `/import/…` reports while it runs: each line of its answer is an object with one of these. */

export interface ImportBegin {
  readonly kind: "CHARGE" | "DEBIT";
  readonly pocketGroupSlug: string;
  readonly currency: string;
  readonly isDryRun: boolean;
  readonly rows: number;
  readonly columns: readonly string[];
  /** When the same file began to be imported before; null for a new file. */
  readonly firstImportedAt: string | null;
}

export interface ImportRow {
  readonly line: number;
  readonly row: number;
  readonly status: "SUCCESS" | "REPEATED" | "REFUSED";
  readonly code: string | null;
  readonly message: string;
  readonly token: string | null;
  readonly phoneNumber: string | null;
  readonly amount: number | null;
  /** As the file has them. */
  readonly cells: readonly string[];
}

export interface ImportProgress {
  readonly rows: number;
  readonly of: number;
  readonly succeeded: number;
  readonly repeated: number;
  readonly refused: number;
}

/** Rows and the digits of the sum of their amounts. */
export interface ImportTally {
  readonly rows: number;
  readonly amount: string;
}

export interface ImportEnd {
  readonly isComplete: boolean;
  readonly rows: number;
  readonly of: number;
  readonly succeeded: ImportTally;
  readonly repeated: ImportTally;
  readonly refused: ImportTally;
  readonly refusedByCode: Readonly<Record<string, number>>;
  /** In a check: the rows that look like entries of the last days, and would be made again. */
  readonly alike: number;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly caution: string | null;
}

export type ImportPart =
  | { readonly import: ImportBegin }
  | { readonly row: ImportRow }
  | { readonly progress: ImportProgress }
  | { readonly end: ImportEnd };
