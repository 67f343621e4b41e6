import { type Sql, sql } from "../database/sql.js";

/** The effect of a statement on a row. `written` is the row it wrote or deleted; an update also has `before`. */
export type Write = "create" | "update" | "delete";

/**
 * The type of the event that a change of a record is, over the rows `written` and `before`; its value is null for none.
 * Undefined if no change of this kind is an event.
 */
export type EventOf = (write: Write) => Sql | undefined;

/** Events such as `CUSTOMER_CREATED`, `CUSTOMER_UPDATED` and `CUSTOMER_DELETED`. */
export function eventsByWrite(subject: string): EventOf {
  const types = { create: "CREATED", update: "UPDATED", delete: "DELETED" };
  return (write) => sql`${`${subject}_${types[write]}`}::text`;
}

/**
 * Events with the name of the status that the change entered, such as `PAYMENT_CHARGE_SUCCEEDED`, also at the creation.
 * A change of other fields, or back to the status CREATED, is an update.
 */
export function eventsByStatus(subject: string): EventOf {
  const entered = sql`${`${subject}_`} || written.status`;
  return (write) =>
    write === "update"
      ? sql`case when written.status in ('CREATED', before.status) then ${`${subject}_UPDATED`} else ${entered} end`
      : entered;
}
