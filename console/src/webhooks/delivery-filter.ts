import type { ListState } from "../listing/list-state.js";
import type { DeliveryFilter, DeliveryStatus } from "./delivery-documents.js";
import { isEventType } from "./event-types.js";

/** Every status, in the order of a delivery's life. */
const STATUSES = {
  PENDING: "Pending",
  DELIVERED: "Delivered",
  FAILED: "Failed",
  CANCELED: "Canceled",
} as const satisfies Record<DeliveryStatus, string>;

export const DELIVERY_STATUSES = Object.entries(STATUSES).map(([value, label]) => ({
  value,
  label,
}));

/** The name of `subjectId`. */
export const SUBJECT_ID = "Id of the pocket, payment or order";

function isStatus(text: string): text is DeliveryStatus {
  return Object.hasOwn(STATUSES, text);
}

/** The deliveries of an endpoint that match the filters in the address. */
export function deliveryFilterOf(
  endpointId: string,
  { filter, filterValues }: Pick<ListState, "filter" | "filterValues">,
): DeliveryFilter {
  const status = filterValues("status").filter(isStatus);
  const types = filterValues("type").filter(isEventType);
  const subject = filter("subject");
  const from = instantIn(filter("from"));
  const to = instantIn(filter("to"));
  return {
    endpointId: { eq: [endpointId] },
    ...(status.length > 0 ? { status: { eq: status } } : {}),
    ...(types.length > 0 ? { eventType: { eq: types } } : {}),
    ...(subject === "" ? {} : { subjectId: { eq: [subject] } }),
    ...(from || to
      ? { createdAt: { ...(from ? { gte: from } : {}), ...(to ? { lt: to } : {}) } }
      : {}),
  };
}

/** Anybody can write an address, so what is no instant is left out. */
function instantIn(text: string): string | null {
  return Number.isNaN(Date.parse(text)) ? null : text;
}
