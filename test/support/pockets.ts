import { newId } from "../../src/shared/uuid.js";
import type { PocketChargeRequest } from "../../src/pockets/pocket-charge.js";
import type { Answer, GraphqlClient } from "./graphql-client.js";

export interface ChargeResult {
  token: string;
  phoneNumber: string;
  amount: number;
  status: "SUCCESS" | "ERROR";
  message: string;
  code: string | null;
  pocketCharge: {
    id: string;
    token: string;
    phoneNumber: string;
    amount: number;
    balanceAfter: number;
    createdAt: string;
  } | null;
}

const CHARGE = `mutation Charge($input: ChargePocketsInput!) {
  chargePockets(input: $input) {
    results {
      token phoneNumber amount status message code
      pocketCharge { id token phoneNumber amount balanceAfter createdAt }
    }
  }
}`;

interface ChargeData {
  chargePockets: { results: ChargeResult[] };
}

/** A charge of 10,000 to one number with a new token. The given fields override these. */
export function charge(given: Partial<PocketChargeRequest> = {}): PocketChargeRequest {
  return { token: newId(), phoneNumber: "989120000000", amount: 10_000, ...given };
}

let lastNumber = 0;

/** Generates a phone number, in its stored form. Each call returns a different one. */
export function newPhoneNumber(): string {
  return `989${String(++lastNumber).padStart(9, "0")}`;
}

export function sendCharges(
  server: GraphqlClient,
  token: string | null,
  pocketGroupSlug: string,
  charges: readonly unknown[],
): Promise<Answer<ChargeData | null>> {
  return server.send(token, CHARGE, { input: { pocketGroupSlug, charges } });
}

/** Sends charges in a request that must have no top-level errors. @returns one result for each charge. */
export async function chargePockets(
  server: GraphqlClient,
  token: string,
  pocketGroupSlug: string,
  charges: readonly unknown[],
): Promise<ChargeResult[]> {
  const data = await server.ask<ChargeData>(token, CHARGE, { input: { pocketGroupSlug, charges } });
  return data.chargePockets.results;
}

export async function balanceOf(
  server: GraphqlClient,
  token: string,
  pocketGroupSlug: string,
  phoneNumber: string,
): Promise<number | null> {
  const query = `query ($slug: String!, $number: String!) {
    pocket(pocketGroupSlug: $slug, phoneNumber: $number) { balance }
  }`;
  const data = await server.ask<{ pocket: { balance: number } | null }>(token, query, {
    slug: pocketGroupSlug,
    number: phoneNumber,
  });
  return data.pocket?.balance ?? null;
}
