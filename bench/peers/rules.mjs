import { createHash } from "node:crypto";

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const PHONE_NUMBER = /^989[0-9]{9}$/;

/** The stored hash of the secret in an `Authorization` header; null if there is none. */
export function secretHashOf(header) {
  const secret = /^(?:Token|Bearer) +(\S+) *$/i.exec(header ?? "")?.[1];
  return secret === undefined ? null : createHash("sha256").update(secret).digest();
}

/**
 * @param {object | null | undefined} token with the state of its merchant and its employee.
 * @returns the caller.
 */
export function requireUsable(token) {
  if (!token || token.revokedAt || (token.expiresAt && token.expiresAt <= new Date())) {
    throw new Error("The API token is unknown, revoked or expired.");
  }
  if (!token.isMerchantActive || token.isEmployeeActive === false) {
    throw new Error("The merchant or the employee is inactive.");
  }
  return { merchantId: token.merchantId, scopes: token.scopes };
}

/**
 * Looks up the caller of a request, for stacks that write their SQL by hand.
 *
 * @param {import("pg").Pool} pool
 * @param {string | undefined} header `Authorization`.
 */
export async function findCaller(pool, header) {
  const { rows } = await pool.query({
    name: "authenticate",
    text: `select t.merchant_id as "merchantId", t.scopes::text[] as scopes,
                  t.expires_at as "expiresAt", t.revoked_at as "revokedAt",
                  m.is_active as "isMerchantActive", e.is_active as "isEmployeeActive"
           from api_tokens t
           left join merchants m on m.id = t.merchant_id
           left join employees e on e.merchant_id = t.merchant_id and e.id = t.employee_id
           where t.secret_hash = $1`,
    values: [secretHashOf(header)],
  });
  return requireUsable(rows[0]);
}

export function requireScope({ scopes }, scope) {
  if (!scopes.includes(scope)) throw new Error(`The token lacks the scope ${scope}.`);
}

/** @returns the reason why a charge is invalid, regardless of the balance; null if it is valid. */
export function refuseCharge({ token, phoneNumber, amount }, group) {
  if (!UUID_V7.test(token)) return "The token is not a version 7 UUID.";
  if (!PHONE_NUMBER.test(phoneNumber)) return "The phone number is not a mobile phone number.";
  if (!Number.isSafeInteger(amount) || amount < 1) return "The amount is not a positive integer.";
  if (group.minChargeAmount !== null && amount < group.minChargeAmount) return "Too little.";
  if (group.maxChargeAmount !== null && amount > group.maxChargeAmount) return "Too much.";
  return null;
}

export function isAboveMaximum(balance, group) {
  return balance > (group.maxPocketBalance ?? Number.MAX_SAFE_INTEGER);
}

export function made(charge) {
  const { token, phoneNumber, amount } = charge;
  return { token, phoneNumber, amount, status: "SUCCESS", message: "Made.", pocketCharge: charge };
}

export function refused({ token, phoneNumber, amount }, message) {
  return { token, phoneNumber, amount, status: "ERROR", message, pocketCharge: null };
}
