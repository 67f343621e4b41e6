import type { ServerResponse } from "node:http";
import type { FastifyReply } from "fastify";
import { jsonOf } from "../graphql/raw-json.js";
import { becomeStream } from "./response-end.js";

/** One event of a stream, as the protocol GraphQL over SSE defines it. */
export interface StreamEvent {
  readonly event: "next" | "complete";
  readonly data: object | null;
  /** What a client sends as `Last-Event-ID` when it reconnects. */
  readonly id?: string | null;
}

/** Proxies must neither keep nor transform the events: nginx, for example, would collect them before it sends them. */
const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
};

/**
 * A response that stays open and sends events, in the format of `text/event-stream`. It keeps at most one event that
 * its client has not taken yet.
 */
export class EventStream {
  private readonly raw: ServerResponse;

  /** Sends the headers, and a comment: some browsers report a stream as open only with its first byte. */
  constructor(reply: FastifyReply) {
    reply.hijack();
    this.raw = reply.raw;
    // A connection that was a stream is not worth keeping, and would delay a shutdown.
    this.raw.shouldKeepAlive = false;
    const headers = { ...reply.getHeaders(), ...HEADERS };
    for (const [name, value] of Object.entries(headers))
      if (value !== undefined) this.raw.setHeader(name, value);
    this.raw.writeHead(200);
    becomeStream(this.raw, 200);
    this.raw.write(COMMENT);
  }

  get isOpen(): boolean {
    return !this.raw.destroyed && !this.raw.writableEnded;
  }

  /** Sends an event, and waits until the client can take another one, or has disconnected. */
  async send({ event, data, id }: StreamEvent): Promise<void> {
    if (!this.isOpen) return;
    const idLine = id === undefined || id === null ? "" : `id: ${id}\n`;
    const dataLine = data === null ? "data:" : `data: ${jsonOf(data)}`;
    if (!this.raw.write(`${idLine}event: ${event}\n${dataLine}\n\n`)) await this.taken();
  }

  /** Sends a comment, unless the client has not taken the last event: a proxy sees then that it is slow. */
  beat(): void {
    if (this.isOpen && !this.raw.writableNeedDrain) this.raw.write(COMMENT);
  }

  end(): void {
    if (this.isOpen) this.raw.end();
  }

  /** Calls the listener when the stream is closed, by either side. */
  whenClosed(listener: () => void): void {
    if (this.raw.destroyed) listener();
    else this.raw.once("close", listener);
  }

  private taken(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.raw.off("drain", done).off("close", done);
        resolve();
      };
      this.raw.once("drain", done).once("close", done);
    });
  }
}

const COMMENT = ":\n\n";
