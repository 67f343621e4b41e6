import type { Answer, GraphqlClient } from "./graphql-client.js";

/** The mutations that spend, hold and give back, with the argument that lists their items. */
const SPENDING = {
  debitPockets: ["DebitPocketsInput", "debits"],
  reversePocketEntries: ["ReversePocketEntriesInput", "reversals"],
  holdPockets: ["HoldPocketsInput", "holds"],
  captureHolds: ["CaptureHoldsInput", "captures"],
  releaseHolds: ["ReleaseHoldsInput", "holdTokens"],
} as const;
export type Spending = keyof typeof SPENDING;
export const SPENDING_MUTATIONS = Object.keys(SPENDING) as Spending[];

const ENTRY = `pocketEntry {
  id token kind phoneNumber amount balanceAfter reversalOfId pocketHoldId reference note
}`;
const HOLD = "pocketHold { id token phoneNumber amount capturedAmount status expiresAt closedAt }";
const RECORDS: Readonly<Record<Spending, string>> = {
  debitPockets: ENTRY,
  reversePocketEntries: ENTRY,
  holdPockets: HOLD,
  captureHolds: `${ENTRY} ${HOLD}`,
  releaseHolds: HOLD,
};

export interface SpendingResult {
  token: string;
  status: "SUCCESS" | "ERROR";
  message: string;
  code: string | null;
  wasMadeBefore: boolean;
  available: number | null;
  remaining: number | null;
  resetsAt: string | null;
  pocketEntry?: {
    id: string;
    token: string;
    kind: string;
    phoneNumber: string;
    amount: number;
    balanceAfter: number;
    reversalOfId: string | null;
    pocketHoldId: string | null;
    reference: string | null;
    note: string | null;
  } | null;
  pocketHold?: {
    id: string;
    token: string;
    phoneNumber: string;
    amount: number;
    capturedAmount: number;
    status: string;
    expiresAt: string | null;
    closedAt: string | null;
  } | null;
}

type SpendingData = Record<Spending, { results: SpendingResult[] }>;

function documentOf(mutation: Spending): string {
  const [input] = SPENDING[mutation];
  return `mutation ($input: ${input}!) {
    ${mutation}(input: $input) {
      results { token status message code wasMadeBefore available remaining resetsAt ${RECORDS[mutation]} }
    }
  }`;
}

/** Sends items to one of the mutations. */
export function sendItems(
  server: GraphqlClient,
  token: string | null,
  mutation: Spending,
  pocketGroupSlug: string,
  items: readonly unknown[],
): Promise<Answer<SpendingData | null>> {
  const [, argument] = SPENDING[mutation];
  const input = { pocketGroupSlug, [argument]: items };
  return server.send(token, documentOf(mutation), { input });
}

/** Sends items in a request that must have no top-level errors. @returns one result for each item. */
export async function spend(
  server: GraphqlClient,
  token: string,
  mutation: Spending,
  pocketGroupSlug: string,
  items: readonly unknown[],
): Promise<SpendingResult[]> {
  const [, argument] = SPENDING[mutation];
  const input = { pocketGroupSlug, [argument]: items };
  const data = await server.ask<SpendingData>(token, documentOf(mutation), { input });
  return data[mutation].results;
}
