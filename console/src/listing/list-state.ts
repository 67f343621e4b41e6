import { useMemo } from "react";
import { useSearchParams } from "wouter";

export const PAGE_SIZE = 25;

export interface SortState<Field extends string = string> {
  readonly field: Field;
  readonly direction: "ASC" | "DESC";
}

/** What the address of a list has besides its filters. */
const NO_FILTERS: readonly string[] = ["sort", "after", "before", "columns"];

/** A page of a list, as the arguments of every connection take it. */
export interface PageVariables {
  readonly first?: number;
  readonly after?: string;
  readonly last?: number;
  readonly before?: string;
}

export interface ListState<Field extends string = string> {
  readonly sort: SortState<Field> | null;
  readonly setSort: (sort: SortState<Field> | null) => void;
  /** The value of a filter in the address; an empty string if there is none. */
  readonly filter: (name: string) => string;
  /** The values of a filter that can have several. */
  readonly filterValues: (name: string) => readonly string[];
  /** The names of the filters that are set, in the order of the address. */
  readonly filterNames: readonly string[];
  /** Changes filters, and goes back to the first page. */
  readonly setFilters: (changes: Readonly<Record<string, string | readonly string[]>>) => void;
  readonly page: PageVariables;
  readonly toNext: (endCursor: string) => void;
  readonly toPrevious: (startCursor: string) => void;
  /** The columns that are shown; null for the default ones. */
  readonly columns: readonly string[] | null;
  readonly setColumns: (columns: readonly string[]) => void;
}

/**
 * Everything that a list shows is in the address, so that a view can be shared and the browser's buttons work. `sort` is
 * checked against the fields, because anybody can write an address.
 */
export function useListState<Field extends string>(fields: readonly Field[]): ListState<Field> {
  const [params, setParams] = useSearchParams();
  return useMemo(() => {
    const change = (changes: Readonly<Record<string, string | readonly string[] | null>>): void => {
      setParams((old) => {
        const next = new URLSearchParams(old);
        for (const [name, value] of Object.entries(changes)) {
          next.delete(name);
          for (const one of typeof value === "string" ? [value] : (value ?? [])) {
            if (one !== "") next.append(name, one);
          }
        }
        return next;
      });
    };
    const [name = "", direction] = (params.get("sort") ?? "").split(".");
    const field = fields.find((one) => one === name);
    const after = params.get("after");
    const before = params.get("before");
    const columns = params.get("columns");
    return {
      sort: field ? { field, direction: direction === "asc" ? "ASC" : "DESC" } : null,
      setSort: (sort) => {
        const value = sort && `${sort.field}.${sort.direction.toLowerCase()}`;
        change({ sort: value, after: null, before: null });
      },
      filter: (one) => params.get(one) ?? "",
      filterValues: (one) => params.getAll(one),
      filterNames: [...new Set(params.keys())].filter((one) => !NO_FILTERS.includes(one)),
      setFilters: (changes) => {
        change({ ...changes, after: null, before: null });
      },
      page: before
        ? { last: PAGE_SIZE, before }
        : { first: PAGE_SIZE, ...(after ? { after } : {}) },
      toNext: (cursor) => {
        change({ after: cursor, before: null });
      },
      toPrevious: (cursor) => {
        change({ before: cursor, after: null });
      },
      columns: columns === null ? null : columns.split(","),
      setColumns: (names) => {
        change({ columns: names.join(",") });
      },
    };
  }, [params, setParams, fields]);
}
