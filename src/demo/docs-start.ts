import { DEBITED_NUMBER, FETCHED_ID, TOKEN_EXAMPLE, UPDATED_ID } from "../rest/examples.js";
import type { DocsStart } from "../rest/docs.js";
import { demoPhoneNumber, demoPocketChargeToken } from "./demo-pockets.js";
import { idOf } from "./demo-records.js";

/** The initial content of `/docs`. With the demo, its requests run without changes. */
export function docsStart(demoToken: string | null): DocsStart {
  if (demoToken === null) return { authorization: null, examples: {} };
  return { authorization: `Token ${demoToken}`, examples: DEMO_EXAMPLES };
}

// A charge that is created and not started, as in the source's example.
const UPDATED = { [UPDATED_ID]: idOf("charge", 2) };

const CHARGED = { [TOKEN_EXAMPLE]: demoPocketChargeToken(0) };

const DEMO_EXAMPLES: DocsStart["examples"] = {
  tracePocketCharge: CHARGED,
  tracePocketEntry: CHARGED,
  reversePocketEntries: CHARGED,
  debitPockets: { [DEBITED_NUMBER]: demoPhoneNumber(0) },
  fetchPaymentCharge: { [FETCHED_ID]: idOf("charge", 1) },
  updatePaymentCharge: UPDATED,
  patchPaymentCharge: UPDATED,
};
