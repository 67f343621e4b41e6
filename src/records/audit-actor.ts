import { type ValueOf, defineEnumeration } from "../shared/enumeration.js";

export const AuditActor = defineEnumeration(
  "AuditActor",
  "The kind of caller that made a change.",
  {
    OPERATOR: "A platform operator, with an operator's token.",
    MERCHANT: "A merchant (tenant), with one of its own tokens.",
    PROGRAM: "A command on the server's machine or the demo, without a request.",
  },
);
export type AuditActor = ValueOf<typeof AuditActor>;
