import { Info, Int, ObjectType } from "type-graphql";
import { ReadableAsJson } from "../graphql/json-records.js";
import { addAggregates } from "./aggregate.type.js";
import { Connection } from "./connection.js";
import { filterInput } from "./filter.input.js";
import { type GraphqlClass, add, fieldsThat, namedClass, plainType } from "./graphql-class.js";
import { argumentsType } from "./list-arguments.type.js";
import { PageInfo } from "./sort-and-page.type.js";
import type { ListArguments, ListQuery } from "./list-query.js";
import type { ParentKey } from "./parent.js";
import type { RecordDefinition, RowOf } from "../records/record.js";

/** The GraphQL types of a record's pages. */
export interface ConnectionTypes<R extends RecordDefinition> {
  /** The type that a list returns. */
  readonly Connection: new (
    query: ListQuery<R>,
    parent: ParentKey,
    onRead: (rows: readonly RowOf<R>[]) => void,
  ) => Connection<R>;
  /** The values of a group's keys. The record's resolver adds the relations. */
  readonly GroupingValues: GraphqlClass;
}

/** The GraphQL types of a record's lists. */
export interface ListTypes<R extends RecordDefinition> extends ConnectionTypes<R> {
  /** The type to use in `@Args`. */
  readonly Arguments: GraphqlClass<ListArguments>;
  /** The type of the list's filter. */
  readonly Filter: GraphqlClass;
}

/**
 * Creates the types from the record's description: filter, sort, connection, aggregates and groups.
 *
 * @param node the record's own GraphQL type.
 * @param defaultOrder describes the order without a `sort`, if it is not the newest first.
 */
export function listTypes<R extends RecordDefinition>(
  record: R,
  node: GraphqlClass,
  defaultOrder?: string,
): ListTypes<R> {
  const Filter = filterInput(record);
  const Arguments = argumentsType(record, Filter, defaultOrder);
  return { ...connectionTypes(record, node), Filter, Arguments };
}

/** Like `listTypes`, for a list that accepts a page but neither a filter nor a sort. */
export function connectionTypes<R extends RecordDefinition>(
  record: R,
  node: GraphqlClass,
): ConnectionTypes<R> {
  const { name } = record;
  const edge = edgeType(name, node);
  const hasAggregates = [...fieldsThat(record, "sum"), ...fieldsThat(record, "group")].length > 0;
  const type = namedClass(`${name}Connection`, Connection);
  ObjectType(`${name}Connection`, {
    description: `A page of ${name} records, with aggregates over the whole list.`,
  })(type);
  for (const field of ["edges", "nodes"]) Info()(type.prototype as object, field, 0);
  add(type, "edges", () => [edge], "The records on the page, each with its cursor.");
  add(type, "nodes", () => [node], "The records on the page, without cursors.");
  add(type, "pageInfo", () => PageInfo, "The position of the page in the list.");
  add(
    type,
    "totalCount",
    () => Int,
    "The number of records that match the filter, on all pages. The server counts them only when this is selected.",
  );
  ReadableAsJson("edges")(type.prototype as object, "nodes");
  // For a record without grouping, the class stays without a GraphQL type.
  const GroupingValues = hasAggregates
    ? addAggregates(record, type)
    : namedClass(`${name}GroupingValues`);
  return {
    Connection: type as unknown as ListTypes<R>["Connection"],
    GroupingValues,
  };
}

function edgeType(name: string, node: GraphqlClass): GraphqlClass {
  const type = plainType(`${name}Edge`, `An entry in a list: the ${name} record and its cursor.`);
  add(
    type,
    "cursor",
    () => String,
    "The record's position, to use as `after` or `before`. Opaque, and valid only for the same list and sort.",
  );
  add(type, "node", () => node, "The record at this position.");
  return type;
}
