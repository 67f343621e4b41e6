import { REFUND_TRANSITIONS, type RefundStatus } from "../transitions.js";
import type { StatusKind } from "./status-dialog.js";
import { REFUND_EFFECTS } from "./status-effects.js";
import { UPDATE_REFUND } from "./updates.js";

/** How the status of a refund is changed, from its own page and from that of its charge. */
export const REFUND_STATUS: StatusKind<RefundStatus> = {
  document: UPDATE_REFUND,
  transitions: REFUND_TRANSITIONS,
  effects: REFUND_EFFECTS,
  noun: "refund",
  hasFailureReason: true,
};
