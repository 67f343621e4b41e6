import { createHmac } from "node:crypto";

/** What a receiver verifies, by Standard Webhooks. */
export interface SignedContent {
  /** The `webhook-id`, which is the same in every attempt. */
  readonly id: string;
  /** The time of this attempt, in seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

/**
 * The headers of Standard Webhooks: the content's id, timestamp and signatures, one for each secret, so that a
 * receiver that knows any of them can verify it.
 *
 * @param secrets `whsec_` and a key in base64: the current one, and the previous one while they rotate.
 */
export function signatureHeaders(
  { id, timestamp, body }: SignedContent,
  secrets: readonly string[],
): Record<string, string> {
  const signed = `${id}.${String(timestamp)}.${body}`;
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
    return `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
  });
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signatures.join(" "),
  };
}
