/** What is wrong with a whole file. */
export type FileErrorCode =
  | "EMPTY_FILE"
  | "WRONG_ENCODING"
  | "WRONG_COLUMNS"
  | "WRONG_CELLS"
  | "WRONG_QUOTES"
  | "ROW_TOO_LONG"
  | "TOO_MANY_ROWS"
  | "FILE_TOO_LARGE";

/** One thing that is wrong with a file, and where. */
export interface FileProblem {
  readonly code: FileErrorCode;
  readonly message: string;
  /** The line of the file, from 1; null if it concerns the file as a whole. */
  readonly line: number | null;
  /** The row below the header, from 1; null if it concerns no row. */
  readonly row: number | null;
}

/** The most problems that one error lists. */
const MAX_PROBLEMS = 20;

/** A file that cannot be imported. Nothing was done. */
export class ImportFileError extends Error {
  override readonly name = "ImportFileError";
  readonly problems: readonly FileProblem[];

  constructor(problems: readonly FileProblem[]) {
    super(problems.map(({ message }) => message).join(" "));
    this.problems = problems.slice(0, MAX_PROBLEMS);
  }
}

export function fileError(
  code: FileErrorCode,
  message: string,
  line: number | null = null,
  row: number | null = null,
): ImportFileError {
  return new ImportFileError([{ code, message, line, row }]);
}

/** A place in a file, as the start of a sentence. Lines and rows differ by more than the header after line breaks. */
export function placeOf(line: number, row: number): string {
  return `Line ${String(line)} (row ${String(row)})`;
}
