import { isAmount } from "../shared/amount.js";
import { parseInstant } from "../shared/instant.js";
import { parseUuid } from "../shared/uuid.js";
import { badInput } from "./bad-input.js";
import type { Field } from "../records/field.js";
import type { Order } from "./order.js";
import { type RecordDefinition, fieldOf } from "../records/record.js";

/** In characters. Three descriptions of the maximum length, in four-byte characters, take 80,000. */
const MAX_LENGTH = 100_000;

/** The position of a row in a list: the list, the order, and the values of the order's keys. */
export function encodeCursor(record: RecordDefinition, order: Order, row: object): string {
  const values = order.map(({ field }) => (row as Record<string, unknown>)[field]);
  return Buffer.from(JSON.stringify([nameOf(record, order), ...values])).toString("base64url");
}

/**
 * @param argument the argument's name, for the error message.
 * @returns the values of the order's keys.
 * @throws AppError BAD_USER_INPUT for an invalid cursor, or a cursor from another list or order.
 */
export function decodeCursor(
  record: RecordDefinition,
  order: Order,
  cursor: string,
  argument: string,
): unknown[] {
  const [name, ...values] = parse(cursor) ?? [];
  if (typeof name !== "string") {
    throw badInput(
      argument,
      "is not a valid cursor. Send a cursor exactly as pageInfo or an edge returned it.",
    );
  }
  if (name !== nameOf(record, order)) {
    throw badInput(
      argument,
      "is a cursor from another list or sort. Use the same list and sort, or start without a cursor.",
    );
  }
  const fields = order.map(({ field }) => fieldOf(record, field));
  const isWhole =
    values.length === fields.length && fields.every((field, index) => holds(field, values[index]));
  if (!isWhole)
    throw badInput(
      argument,
      "is not a valid cursor: its values were changed. Send a cursor exactly as pageInfo or an edge returned it.",
    );
  return values;
}

function nameOf(record: RecordDefinition, order: Order): string {
  return [record.name, ...order.map(({ field, direction }) => `${field} ${direction}`)].join(", ");
}

function parse(cursor: string): unknown[] | null {
  if (cursor.length > MAX_LENGTH) return null;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    return Array.isArray(parsed) ? parsed : null;
  } catch {
    return null; // not JSON, so not a cursor from this server
  }
}

/** A cursor comes from the client, so its values must be validated before they reach the database. */
function holds({ kind, isNullable }: Field<unknown>, value: unknown): boolean {
  if (value === null) return isNullable;
  if (typeof kind === "object") {
    const isOneOf = "enumeration" in kind && typeof value === "string";
    return isOneOf && Object.hasOwn(kind.enumeration.values, value);
  }
  switch (kind) {
    case "id":
    case "uuid":
      return typeof value === "string" && parseUuid(value) === value;
    case "dateTime":
      return typeof value === "string" && parseInstant(value) === value;
    case "amount":
      return isAmount(value);
    case "integer":
      return isAmount(value) && Math.abs(value) < 2 ** 31;
    case "boolean":
      return typeof value === "boolean";
    case "text":
    case "phoneNumber":
    case "currency":
      return typeof value === "string" && !/[\0\p{Surrogate}]/u.test(value);
    case "bytes":
    case "json":
    case "metadata":
      return false; // no list sorts by these kinds
  }
}
