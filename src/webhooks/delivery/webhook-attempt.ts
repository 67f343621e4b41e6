import type { Instant } from "../../shared/instant.js";
import type { DeliveryMessage } from "./delivery-message.js";
import { MAX_FAILING_MS, RETRY_DELAYS_MS, retryDelayMs } from "./retry-schedule.js";

/** The key of a webhook endpoint. */
export interface EndpointKey {
  readonly merchantId: string;
  readonly id: string;
}

/** A message that this server must send and record until its lease ends. */
export interface ClaimedMessage extends DeliveryMessage {
  /** How often it was sent, this attempt included. */
  readonly attempts: number;
  readonly leasedUntil: Instant;
}

/** What came of one attempt to send a message. */
export interface AttemptOutcome {
  /** Null if there was no response. */
  readonly responseStatus: number | null;
  readonly responseBody: string | null;
  /** Why the attempt failed; null if it succeeded. */
  readonly error: string | null;
  readonly durationMs: number;
  /** How long the receiver asked to wait, if it did. */
  readonly retryAfterMs: number | null;
}

/** What a finished attempt makes of its deliveries. */
export interface FinishedDelivery {
  readonly status: "DELIVERED" | "PENDING" | "FAILED";
  /** When to try again, if the status is pending. */
  readonly delayMs: number | null;
}

const GONE = 410;

/** Whether the receiver accepted a message. Redirects are not followed, so they are failures. */
export function isAccepted({ responseStatus }: Pick<AttemptOutcome, "responseStatus">): boolean {
  return responseStatus !== null && responseStatus >= 200 && responseStatus < 300;
}

/** The next state of the deliveries of a message after an attempt. @param random from 0 to below 1. */
export function finish(
  { attempts }: Pick<ClaimedMessage, "attempts">,
  outcome: AttemptOutcome,
  random: number,
  delaysMs = RETRY_DELAYS_MS,
): FinishedDelivery {
  if (isAccepted(outcome)) return { status: "DELIVERED", delayMs: null };
  const delayMs = retryDelayMs(attempts, random, outcome.retryAfterMs, delaysMs);
  return { status: delayMs === null ? "FAILED" : "PENDING", delayMs };
}

/** How an endpoint has failed so far. */
export interface FailureHistory {
  /** When the first attempt failed after which none succeeded; null if the last one succeeded. */
  readonly failingSince: Instant | null;
  readonly now: Instant;
}

/** Why an endpoint must be disabled after an attempt; null if it stays enabled. */
export function reasonToDisable(
  outcome: AttemptOutcome,
  { failingSince, now }: FailureHistory,
): "GONE" | "FAILING" | null {
  if (isAccepted(outcome)) return null;
  if (outcome.responseStatus === GONE) return "GONE";
  if (failingSince === null) return null;
  return Date.parse(now) - Date.parse(failingSince) >= MAX_FAILING_MS ? "FAILING" : null;
}
