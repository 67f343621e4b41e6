import { csvCell, unescaped } from "../shared/csv-cell.js";
import { type ImportAnswer, type ListedRows, isListed } from "./import-answer.js";
import type { Columns } from "./import-columns.js";
import type { RowOutcome } from "./import-outcome.js";

const LINE_BREAK = "\r\n";
const BYTE_ORDER_MARK = "\ufeff";

/** A row of a result, in the words of the result. */
export type ResultRow = Pick<RowOutcome, "line" | "row" | "cells" | "status" | "message"> & {
  readonly code: string | null;
  /** The token of the row; null if it has none yet. */
  readonly token: string | null;
};

/**
 * The result of an import as a file: its rows, with their tokens, and what became of them. The refused rows can be
 * repaired in it, and the file can be imported: its own columns are ignored then, and the tokens are kept.
 */
export class ResultCsv {
  private readonly kept: readonly number[];

  constructor(private readonly columns: Columns) {
    this.kept = [...columns.names.keys()].filter((index) => !columns.ignored.has(index));
  }

  header(): string {
    const names = this.kept.map((index) => this.columns.names[index] ?? "");
    const token = this.columns.hasTokens ? [] : ["token"];
    return lineOf([...names, ...token, "line", "row", "status", "code", "message"]);
  }

  line({ cells, token, line, row, status, code, message }: ResultRow): string {
    const { at } = this.columns;
    const own = this.kept.map((index) =>
      index === at.token ? (token ?? "") : unescaped(cells[index] ?? ""),
    );
    const added = at.token === undefined ? [token ?? ""] : [];
    return lineOf([...own, ...added, String(line), String(row), status, code ?? "", message]);
  }
}

/** The answer to an import as a file. It is complete if its response ends as HTTP requires. */
export function csvAnswer(rows: ListedRows, hasMark: boolean): ImportAnswer {
  let csv: ResultCsv | undefined;
  let isDryRun = false;
  return {
    mediaType: "text/csv; charset=utf-8; header=present",
    write: (event) => {
      if (event.type === "begin") {
        csv = new ResultCsv(event.file.columns);
        ({ isDryRun } = event.request);
        return (hasMark ? BYTE_ORDER_MARK : "") + csv.header();
      }
      if (event.type !== "rows") return "";
      return event.outcomes
        .filter((one) => isListed(one, rows))
        .map((one) => {
          const token = one.hasOwnToken || !isDryRun ? one.request.token : null;
          return csv?.line({ ...one, token }) ?? "";
        })
        .join("");
    },
  };
}

function lineOf(cells: readonly string[]): string {
  return cells.map(csvCell).join(",") + LINE_BREAK;
}
