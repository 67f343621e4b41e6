import { type ValueOf, defineEnumeration } from "../shared/enumeration.js";

export const AuditActor = defineEnumeration("AuditActor", "In which capacity a change was made.", {
  OPERATOR: "By whoever runs the platform, with an operator's token.",
  MERCHANT: "By a tenant, with one of its own tokens.",
  PROGRAM: "By a command on the server's machine or by the demo: no request was sent.",
});
export type AuditActor = ValueOf<typeof AuditActor>;
