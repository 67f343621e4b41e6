import { Resolver } from "node:dns/promises";
import { type LookupFunction, isIPv6 } from "node:net";
import type { Client } from "undici";
import { type AllowedNetworks, mayReceive } from "../receiver-address.js";
import { knownAddressesOf } from "../webhook-url.js";
import { type SignedContent, signatureHeaders } from "./webhook-signature.js";

/** One attempt to deliver a message to an endpoint. */
export interface WebhookRequest extends SignedContent {
  readonly url: string;
  readonly secrets: readonly string[];
}

/** The receiver's response, or the reason why there was none. */
type Answer =
  | {
      readonly hasResponse: true;
      readonly status: number;
      /** The first kilobyte. */
      readonly body: string;
      readonly retryAfter: string | undefined;
    }
  | { readonly hasResponse: false; readonly error: string };

/** What came of one attempt. */
export type SendResult = Answer & { readonly durationMs: number };

export interface WebhookSenderOptions {
  readonly allowedNetworks: AllowedNetworks;
  /** How long an attempt may take, from resolving the name to the end of the response. */
  readonly timeoutMs: number;
  /** Finds the addresses of a name. By default, it asks the DNS servers. */
  readonly resolveName?: (name: string) => Promise<readonly string[]>;
  /** Certificates in PEM to trust instead of the public authorities. */
  readonly certificateAuthorities?: readonly string[];
}

const CONTENT_HEADERS = { "content-type": "application/json", "user-agent": "Pocketcharge" };
const MAX_BODY_BYTES = 1_024;
/** How long to wait for one address of a host before the next one is tried as well. */
const NEXT_ADDRESS_AFTER_MS = 1_000;

/** The host has no address that may receive webhooks. */
class UnreachableHostError extends Error {
  override readonly name = "UnreachableHostError";
}

/**
 * Sends webhooks. Each is sent on its own connection, to the addresses that were resolved and checked for it: no second
 * look-up can return others. The sender follows no redirect, uses no proxy, and reads only the start of a response.
 */
export class WebhookSender {
  private readonly resolveName: (name: string) => Promise<readonly string[]>;

  constructor(private readonly options: WebhookSenderOptions) {
    this.resolveName = options.resolveName ?? resolveByDns;
  }

  /** Makes one attempt. Failures of the receiver are results. */
  async send(request: WebhookRequest): Promise<SendResult> {
    const startedAt = performance.now();
    const answer = await this.post(request, AbortSignal.timeout(this.options.timeoutMs)).catch(
      (error: unknown) => this.failureOf(error),
    );
    return { ...answer, durationMs: Math.round(performance.now() - startedAt) };
  }

  private async post(request: WebhookRequest, signal: AbortSignal): Promise<Answer> {
    const url = new URL(request.url);
    const addresses = await unlessAborted(signal, this.addressesOf(url));
    const client = await this.connectTo(url, addresses);
    try {
      const { statusCode, headers, body } = await client.request({
        method: "POST",
        path: url.pathname + url.search,
        headers: { ...CONTENT_HEADERS, ...signatureHeaders(request, request.secrets) },
        body: request.body,
        reset: true,
        signal,
      });
      const retryAfter = [headers["retry-after"]].flat()[0];
      return { hasResponse: true, status: statusCode, body: await readStart(body), retryAfter };
    } finally {
      await client.destroy();
    }
  }

  /** The addresses of the host that may receive webhooks. @throws UnreachableHostError if there are none. */
  private async addressesOf(url: URL): Promise<string[]> {
    const known = knownAddressesOf(url) ?? (await this.resolveName(url.hostname));
    const { allowedNetworks } = this.options;
    const allowed = known.filter((address) => mayReceive(address, url.protocol, allowedNetworks));
    if (allowed.length > 0) return allowed;
    const reason =
      known.length === 0
        ? `The name ${url.hostname} has no address.`
        : `${url.hostname} is not on the internet. This server sends only to hosts on the internet.`;
    throw new UnreachableHostError(reason);
  }

  private async connectTo(url: URL, addresses: readonly string[]): Promise<Client> {
    // Load the library only if there are webhooks to send.
    const { Client } = await import("undici");
    const { timeoutMs, certificateAuthorities } = this.options;
    return new Client(url.origin, {
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      // A session that one merchant's receiver issued is never presented to another's.
      connect: {
        lookup: lookUpIn(addresses),
        autoSelectFamily: true,
        autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER_MS,
        timeout: timeoutMs,
        maxCachedSessions: 0,
        ...(certificateAuthorities && { ca: [...certificateAuthorities] }),
      },
    });
  }

  /** @throws the error itself if it is not a failure of the receiver or of the network. */
  private failureOf(error: unknown): Answer {
    const reason = error instanceof Error ? this.reasonOf(error) : undefined;
    if (reason === undefined) throw error;
    return { hasResponse: false, error: reason };
  }

  private reasonOf(error: Error & { readonly code?: unknown }): string | undefined {
    const { name, code } = error;
    if (error instanceof UnreachableHostError) return error.message;
    if (name === "HTTPParserError") return "The response is not valid HTTP.";
    if (name === "TimeoutError" || /^UND_ERR_\w+_TIMEOUT$/.test(String(code)))
      return `The receiver did not respond within ${String(this.options.timeoutMs)} ms.`;
    return typeof code === "string" ? `The request failed: ${code}.` : undefined;
  }
}

/**
 * Asks the DNS servers for the addresses of a name, IPv4 and IPv6. It does not use the system's resolver, which has
 * four threads for the whole process: slow DNS servers of a few receivers would delay all others.
 */
async function resolveByDns(name: string): Promise<string[]> {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  const families = [resolver.resolve4(name), resolver.resolve6(name)];
  const settled = await Promise.allSettled(families);
  const addresses = settled.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
  const [first] = settled;
  if (addresses.length === 0 && first?.status === "rejected") throw first.reason;
  return addresses;
}

/** A look-up that returns addresses that are already known. */
function lookUpIn(addresses: readonly string[]): LookupFunction {
  const found = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return (_name, _options, callback) => {
    callback(null, found);
  };
}

/** @throws the signal's reason as soon as it is aborted. The work itself is not stopped. */
function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => {
      reject(signal.reason as Error);
    });
  });
  return Promise.race([work, aborted]);
}

/** The first kilobyte of a response as text that PostgreSQL can store. */
async function readStart(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= MAX_BODY_BYTES) break;
    }
  } catch {
    // The status has arrived and counts. The body may break off or time out; what has arrived of it is kept.
  }
  const start = Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES);
  // Streaming omits a character that is cut in half.
  return new TextDecoder().decode(start, { stream: true }).replaceAll("\0", "\ufffd");
}
