import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import { ClientGoneError } from "../shared/deadline.js";
import { HttpError } from "./http-error.js";
import { codingOf } from "./request-body.js";

/** A client that sends less than this in its time is cut off, so that it cannot hold a place permanently. */
const MIN_BYTES_PER_SECOND = 1_000;

const DECODERS: Readonly<Record<string, () => ReturnType<typeof createGunzip>>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/**
 * The body of a request, decompressed, for a path with `streamsBody`. The client may take as long as it needs, as long
 * as it sends at least 1 kB for each second. The size is not limited.
 *
 * @param clientTimeoutMs how long the client may send too little.
 * @throws HttpError 415 for an unsupported content coding, 400 for a body that does not match its own, 408 for a client
 *   that is too slow. ClientGoneError if the client disconnects before the end.
 */
export async function* uploadOf(
  request: FastifyRequest,
  reply: FastifyReply,
  clientTimeoutMs: number,
): AsyncGenerator<Buffer> {
  const coding = codingOf(request, reply);
  const { raw } = request;
  const received = watched(raw, clientTimeoutMs);
  const decode = coding === null ? undefined : DECODERS[coding];
  if (decode === undefined) {
    yield* received;
    return;
  }
  const decoder = decode();
  let failure: Error | undefined;
  const feeding = feed(received, decoder).catch((error: unknown) => {
    failure = error instanceof Error ? error : new ClientGoneError(error);
    decoder.destroy();
  });
  try {
    for await (const piece of decoder) yield piece as Buffer;
  } catch (error) {
    if (failure !== undefined) throw failure;
    throw new HttpError(400, "The body does not match its Content-Encoding.", { cause: error });
  } finally {
    decoder.destroy();
    await feeding;
  }
}

async function feed(
  received: AsyncIterable<Buffer>,
  decoder: ReturnType<typeof createGunzip>,
): Promise<void> {
  for await (const piece of received) {
    if (decoder.destroyed) return;
    if (!decoder.write(piece)) await drained(decoder);
  }
  decoder.end();
}

function drained(decoder: ReturnType<typeof createGunzip>): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      decoder.off("drain", done).off("close", done);
      resolve();
    };
    decoder.once("drain", done).once("close", done);
  });
}

/** The bytes as they arrive. The rest stays unread if the reader stops. */
async function* watched(raw: Readable, timeoutMs: number): AsyncGenerator<Buffer> {
  const iterator: AsyncIterator<Buffer> = raw.iterator({ destroyOnReturn: false });
  const pace = new Pace(timeoutMs);
  try {
    for (;;) {
      const piece = await pace.waitFor(iterator.next());
      if (piece.done === true) return;
      pace.add(piece.value.length);
      yield piece.value;
    }
  } catch (error) {
    throw error instanceof HttpError ? error : new ClientGoneError(error);
  } finally {
    pace.end();
    void iterator.return?.();
  }
}

/** Measures how much a client sends. */
class Pace {
  private bytes = 0;
  private onSlow: (() => void) | undefined;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly timeoutMs: number) {
    const leastBytes = (MIN_BYTES_PER_SECOND * timeoutMs) / 1_000;
    this.timer = setInterval(() => {
      // Only while the server waits: the client cannot send while the server is busy with what it received.
      if (this.bytes < leastBytes) this.onSlow?.();
      this.bytes = 0;
    }, timeoutMs);
  }

  add(bytes: number): void {
    this.bytes += bytes;
  }

  /** @throws HttpError if the client is too slow. */
  waitFor<T>(next: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.onSlow = () => {
        reject(new HttpError(408, this.message));
      };
      next.then(resolve, reject);
    }).finally(() => {
      this.onSlow = undefined;
    });
  }

  end(): void {
    clearInterval(this.timer);
  }

  private get message(): string {
    const least = `${MIN_BYTES_PER_SECOND.toLocaleString("en")} bytes a second`;
    return `The client sent less than ${least} for ${String(this.timeoutMs)} ms. Nothing was done. Send the file again.`;
  }
}

/**
 * Discards the rest of a refused body, so that a client that sends it to its end reads the response. After the timeout,
 * the connection is closed with the response.
 */
export async function discardRest(
  { raw }: FastifyRequest,
  reply: FastifyReply,
  timeoutMs: number,
): Promise<void> {
  if (!raw.complete && !raw.destroyed) {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      const end = (): void => {
        clearTimeout(timer);
        resolve();
      };
      raw.once("end", end).once("close", end).resume();
    });
  }
  if (!raw.complete) reply.header("connection", "close");
}
