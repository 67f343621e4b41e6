import type { ServerResponse } from "node:http";
import type { Writable } from "node:stream";
import { type Gzip, createGzip } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import { acceptsGzip, tokensOf } from "./header-values.js";
import { becomeStream } from "./response-end.js";

/** A fast level: higher ones save a few percent and take several times as long. */
const GZIP_LEVEL = 4;

/** How long the last line of a body that is cut off may take to reach a client that reads slowly. */
const LAST_WORDS_MS = 2_000;

export interface StreamedBodyOptions {
  /** How long the client may read nothing. */
  readonly stallMs: number;
  /** Called once when the client has read nothing for so long. */
  readonly onStalled: () => void;
  /** Whether it may be compressed, which delays what is sent until there is more; true by default. */
  readonly isCompressible?: boolean;
}

/**
 * The body of a response whose length is unknown. It is compressed for clients that accept gzip, and can have trailers
 * for those that accept them. A client can tell a body that was cut off from a complete one: its chunked encoding has
 * no end.
 */
export class StreamedBody {
  private readonly raw: ServerResponse;
  private readonly gzip: Gzip | undefined;
  private readonly hasTrailers: boolean;

  constructor(
    { headers, raw: { socket, httpVersion } }: FastifyRequest,
    private readonly reply: FastifyReply,
    private readonly options: StreamedBodyOptions,
  ) {
    this.raw = reply.raw;
    const { isCompressible = true } = options;
    this.gzip =
      isCompressible && acceptsGzip(headers["accept-encoding"])
        ? createGzip({ level: GZIP_LEVEL })
        : undefined;
    this.hasTrailers =
      httpVersion === "1.1" && tokensOf([headers["te"]].flat().join(",")).includes("trailers");
    // The server may work for a while before it has something to send. Slow clients have their own timeout.
    socket.setTimeout(0);
  }

  /** Sends the headers. From here on, the response is not Fastify's. @param trailers the names of the trailers. */
  begin(headers: Readonly<Record<string, string>>, trailers: readonly string[]): void {
    this.reply.hijack();
    // The connection has no idle timeout any more.
    this.raw.shouldKeepAlive = false;
    const all = {
      ...this.reply.getHeaders(),
      ...headers,
      vary: "accept-encoding",
      ...(this.gzip ? { "content-encoding": "gzip" } : {}),
      ...(this.hasTrailers ? { trailer: trailers.join(", ") } : {}),
    };
    for (const [name, value] of Object.entries(all))
      if (value !== undefined) this.raw.setHeader(name, value);
    this.raw.writeHead(200);
    becomeStream(this.raw, 200);
    this.gzip?.pipe(this.raw, { end: false });
  }

  /** Waits until the client can take more, or the signal aborts. @throws the signal's reason. */
  async write(text: string, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const target: Writable = this.gzip ?? this.raw;
    if (text === "" || target.write(text)) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        target.off("drain", done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(this.options.onStalled, this.options.stallMs);
      target.once("drain", done);
      signal.addEventListener("abort", done);
    });
    signal.throwIfAborted();
  }

  /** Ends a complete body. */
  end(text: string, trailers: Readonly<Record<string, string>>): void {
    const finish = (): void => {
      if (this.hasTrailers) this.raw.addTrailers(trailers);
      this.raw.end();
    };
    if (this.gzip) {
      this.gzip.once("end", finish).end(text);
    } else {
      this.raw.write(text);
      finish();
    }
  }

  /** Ends a body that is not complete, so that the client notices. */
  cutOff(text: string): void {
    const close = (): void => {
      this.raw.socket?.destroySoon();
    };
    if (this.gzip) {
      this.gzip.once("end", close).end(text);
    } else {
      this.raw.write(text);
      close();
    }
    setTimeout(() => this.raw.destroy(), LAST_WORDS_MS).unref();
  }
}
