import { type Sql, sql } from "../database/sql.js";

/** The effect of a statement on a row. `written` is the row it wrote or deleted; an update also has `before`. */
export type Write = "create" | "update" | "delete";

/**
 * The type of a change's event, from the rows `written` and `before`. Null means that the change is not an event;
 * undefined, that no change of this kind is one.
 */
export type EventOf = (write: Write) => Sql | undefined;

/** Events such as `CUSTOMER_CREATED`, `CUSTOMER_UPDATED` and `CUSTOMER_DELETED`. */
export function eventsByWrite(subject: string): EventOf {
  const types = { create: "CREATED", update: "UPDATED", delete: "DELETED" };
  return (write) => sql`${`${subject}_${types[write]}`}::text`;
}

/**
 * Events named after the status that the record entered, such as `PAYMENT_CHARGE_SUCCEEDED`, also when it is created.
 * A change of other fields, or back to the status CREATED, is an update.
 */
export function eventsByStatus(subject: string): EventOf {
  const entered = sql`${`${subject}_`} || written.status`;
  return (write) =>
    write === "update"
      ? sql`case when written.status in ('CREATED', before.status) then ${`${subject}_UPDATED`} else ${entered} end`
      : entered;
}
