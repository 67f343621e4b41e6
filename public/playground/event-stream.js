// Reads the results of a subscription from a response with the content type text/event-stream.

/**
 * Iterates over the results. Ending the iteration closes the connection.
 *
 * @param abort the controller of the request.
 */
export function resultsOf(response, abort) {
  const results = readResults(response, abort.signal);
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => results.next(),
    // A generator's own `return` would wait for the next result.
    return: async () => {
      abort.abort();
      return { done: true, value: undefined };
    },
  };
}

async function* readResults(response, signal) {
  try {
    for await (const { event, data } of readEvents(response)) {
      if (event === "complete") return;
      yield JSON.parse(data);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  if (!signal.aborted)
    throw new Error("The server closed the connection. Run the subscription again.");
}

/** The events of the stream. A block without data is a comment, which only keeps the connection open. */
async function* readEvents(response) {
  const reader = response.body.pipeThrough(new window.TextDecoderStream()).getReader();
  let text = "";
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    const blocks = (text + step.value).split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const event = Object.fromEntries(block.split("\n").map(fieldOf));
      if (event.data !== undefined) yield event;
    }
  }
}

/** A line such as `event: next`. */
function fieldOf(line) {
  const [, name, value] = /^([^:]*):? ?(.*)$/.exec(line);
  return [name, value];
}
