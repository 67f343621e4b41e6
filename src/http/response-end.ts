import type { ServerResponse } from "node:http";
import type { FastifyReply } from "fastify";

const BECAME_STREAM = Symbol("the response became a stream");

/**
 * Calls the listener once, when the response to a request has ended: with its status, or with null if the client
 * disconnected before. A response that stays open counts as ended when its stream begins.
 */
export function whenAnswered(
  { raw }: Pick<FastifyReply, "raw">,
  listener: (status: number | null) => void,
): void {
  let isWaiting = true;
  const end = (status: number | null): void => {
    if (isWaiting) listener(status);
    isWaiting = false;
  };
  raw.once("finish", () => {
    end(raw.statusCode);
  });
  raw.once(BECAME_STREAM, end);
  // If the client has disconnected, this is the only event: Fastify calls no hook.
  raw.once("close", () => {
    end(null);
  });
}

/** Marks a response that stays open: a stream of events, or the connection of a WebSocket. */
export function becomeStream(raw: ServerResponse, status: number): void {
  raw.emit(BECAME_STREAM, status);
}
