import { promisify } from "node:util";
import { Readable } from "node:stream";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import type { FastifyInstance, FastifyReply, FastifyRequest, RequestPayload } from "fastify";
import { parseMediaType, tokensOf } from "./header-values.js";
import { HttpError } from "./http-error.js";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Whether the path receives the body as a stream, with its own limits on size and time. */
    readonly streamsBody?: true;
    /** The media type that a refusal of another one names. JSON if omitted. */
    readonly bodyType?: string;
  }
}

const CODINGS = "gzip, deflate, br";

type Decoder = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

/** A map and not an object, because a client may send the name of an inherited property. */
const DECODERS: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ["gzip", promisify(gunzip)],
  ["x-gzip", promisify(gunzip)],
  ["deflate", promisify(inflate)],
  ["br", promisify(brotliDecompress)],
]);

const CHARSETS: ReadonlySet<string> = new Set(["utf-8", "utf8", "us-ascii"]);

/** Longer than any supported media type. Fastify's parser takes quadratic time for long runs of spaces. */
const MAX_MEDIA_TYPE_LENGTH = 200;

/** The refusal of a media type that is too long, with 415. Call it before Fastify parses the media type. */
export function refusalOfMediaType(request: FastifyRequest): HttpError | undefined {
  if ((request.headers["content-type"]?.length ?? 0) <= MAX_MEDIA_TYPE_LENGTH) return undefined;
  const message = `Content-Type has more than ${String(MAX_MEDIA_TYPE_LENGTH)} characters. Send ${bodyTypeOf(request)}.`;
  return new HttpError(415, message);
}

/** The media type that the path of a request expects. */
export function bodyTypeOf({ routeOptions }: FastifyRequest): string {
  return routeOptions.config.bodyType ?? "application/json";
}

/**
 * Decompresses bodies before they are parsed. A decompressed body has the same limit as a plain one,
 * and decompression stops there. Refuses charsets other than UTF-8.
 */
export function readBodies(http: FastifyInstance): void {
  // Without a promise for the usual body, which needs no decoding.
  http.addHook("preParsing", (request, reply, payload, done) => {
    const { "content-type": type } = request.headers;
    const charset = parseMediaType(type ?? "")?.parameters.get("charset");
    if (charset !== undefined && !CHARSETS.has(charset.toLowerCase())) {
      throw new HttpError(415, `The body must be in UTF-8, not ${JSON.stringify(charset)}.`);
    }
    const isRead = hasBody(request) && request.routeOptions.config.streamsBody !== true;
    const coding = isRead ? codingOf(request, reply) : null;
    const decode = coding === null ? undefined : DECODERS.get(coding);
    if (decode === undefined) done(null, payload);
    else
      decoded(payload, decode, request.routeOptions.bodyLimit).then((body) => {
        done(null, body);
      }, done);
  });
}

async function decoded(payload: RequestPayload, decode: Decoder, limit: number): Promise<Readable> {
  const encoded = await readWhole(payload, limit);
  const body = await decode(encoded, { maxOutputLength: limit }).catch((error: unknown) => {
    throw refusalOf(error, limit);
  });
  return Object.assign(Readable.from([body]), { receivedEncodedLength: encoded.length });
}

/** The content coding of a body; null if it has none. @throws HttpError 415 for another than those supported. */
export function codingOf({ headers }: FastifyRequest, reply: FastifyReply): string | null {
  const codings = tokensOf(headers["content-encoding"]).filter((coding) => coding !== "identity");
  if (codings.length === 0) return null;
  const coding = codings.length === 1 ? (codings[0] ?? "") : "";
  if (DECODERS.has(coding)) return coding;
  reply.header("accept-encoding", CODINGS);
  throw new HttpError(415, `The body's Content-Encoding must be one of ${CODINGS}.`);
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

async function readWhole(payload: RequestPayload, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Destroying a partially read request would close the connection before the response is sent.
  for await (const chunk of payload.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length > limit) throw tooLarge(limit);
  }
  return Buffer.concat(chunks, length);
}

function refusalOf(error: unknown, limit: number): HttpError {
  const isTooLarge = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
  return isTooLarge
    ? tooLarge(limit)
    : new HttpError(400, "The body does not match its Content-Encoding.");
}

function tooLarge(limit: number): HttpError {
  return new HttpError(413, `The decompressed body exceeds ${String(limit)} bytes.`);
}
