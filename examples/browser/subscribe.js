import { RequestFailed, post, reasonOf } from "./request.js";

/** The server sends at least a comment every 12 seconds. */
const SILENCE_MS = 30_000;

/** The stream broke, or the server closed it without ending the subscription. */
export class StreamLost extends Error {}

/**
 * Sends a subscription, and reads its results as server-sent events. `fetch` reads them instead of an EventSource, which
 * cannot send the token in a header.
 *
 * @param signal ends the subscription.
 * @returns the results, each with the cursor from which the subscription continues after it.
 */
export async function subscribe(connection, operation, signal) {
  const response = await post(connection, operation, { accept: "text/event-stream", signal });
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
  if (!isStream) throw await reasonOf(response);
  return readResults(response);
}

async function* readResults(response) {
  for await (const { event, data, id } of readEvents(response)) {
    if (event === "complete") return;
    const { data: result, errors } = JSON.parse(data);
    if (errors) throw RequestFailed.of(errors, response);
    yield { result, cursor: id };
  }
  throw new StreamLost();
}

/** Reads the events of a stream. Comments, which only keep the connection open, have no data. */
async function* readEvents(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  let silence;
  try {
    for (;;) {
      // A connection can be dead without being closed, for example after the computer has slept.
      clearTimeout(silence);
      silence = setTimeout(() => reader.cancel(), SILENCE_MS);
      const { done, value } = await reader.read().catch(() => {
        throw new StreamLost();
      });
      if (done) return;
      const blocks = (text + value).split("\n\n");
      text = blocks.pop();
      for (const block of blocks) {
        const event = Object.fromEntries(block.split("\n").map(fieldOf));
        if (event.data !== undefined) yield event;
      }
    }
  } finally {
    clearTimeout(silence);
  }
}

/** A line such as `event: next`. */
function fieldOf(line) {
  const [, name, value] = /^([^:]*):? ?(.*)$/.exec(line);
  return [name, value];
}
