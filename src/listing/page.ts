import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from "../shared/request-limits.js";
import { badInput } from "./bad-input.js";

/** How a list is asked for, as GraphQL hands it over. */
export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
  readonly page?: PageNumber | null | undefined;
}

/** One page of a list: from a cursor on, backwards from one, or by its number. */
export type Page =
  | { readonly way: "forward" | "backward"; readonly size: number; readonly cursor: string | null }
  | ({ readonly way: "numbered" } & PageNumber);

export interface PageNumber {
  readonly number: number;
  readonly size: number;
}

/** The page of a plain list. @throws AppError BAD_USER_INPUT that names the argument. */
export function numberedPage(page: PageNumber | null | undefined): PageNumber {
  const { number, size } = page ?? { number: 1, size: DEFAULT_PAGE_SIZE };
  if (number < 1) throw badInput("page.number", `must be 1 or more; it is ${String(number)}.`);
  return { number, size: checkSize("page.size", size) };
}

/** @throws AppError BAD_USER_INPUT that names the argument. */
export function pageOf({ first, after, last, before, page }: PageArguments): Page {
  if (page) {
    const mixed = Object.entries({ first, after, last, before }).find(([, value]) => value != null);
    if (mixed)
      throw badInput(mixed[0], "cannot be combined with page: take cursors or numbered pages.");
    return { way: "numbered", ...numberedPage(page) };
  }
  if (last != null || before != null) {
    if (first != null) throw badInput("first", "cannot be combined with last or before.");
    if (after != null) throw badInput("after", "cannot be combined with last or before.");
    return { way: "backward", size: checkSize("last", last), cursor: before ?? null };
  }
  return { way: "forward", size: checkSize("first", first), cursor: after ?? null };
}

function checkSize(argument: string, size: number | null | undefined): number {
  const value = size ?? DEFAULT_PAGE_SIZE;
  if (value >= 1 && value <= MAX_PAGE_SIZE) return value;
  throw badInput(argument, `must be from 1 to ${String(MAX_PAGE_SIZE)}; it is ${String(value)}.`);
}
