import { storedToken } from "./token.js";

/** A refusal or a failure of a REST request, with a message for a person. */
export class RestFailure extends Error {
  override readonly name = "RestFailure";
}

interface ErrorBody {
  readonly errors?: readonly { readonly detail?: string; readonly message?: string }[];
}

/**
 * Sends a request to a REST path with the tab's token.
 *
 * @throws RestFailure if the server cannot be reached or refuses the request. An abort passes through.
 */
export async function sendRest(path: string, options: RequestInit = {}): Promise<Response> {
  const headers = new Headers(options.headers);
  headers.set("authorization", `Token ${storedToken() ?? ""}`);
  let response: Response;
  try {
    response = await fetch(path, { ...options, headers });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new RestFailure("The server cannot be reached. Check the connection, and try again.");
  }
  if (response.ok) return response;
  throw new RestFailure(await messageOf(response));
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

async function messageOf(response: Response): Promise<string> {
  const body = (await response.json().catch(() => ({}))) as ErrorBody;
  const messages = (body.errors ?? []).map(({ detail, message }) => detail ?? message ?? "");
  return messages.join(" ") || `The server answered with the status ${String(response.status)}.`;
}

/** The chunks of a stream. Safari has no iteration of streams. Leaving the loop cancels the stream. */
export async function* chunksOf<Chunk>(
  stream: ReadableStream<Chunk> | null,
): AsyncGenerator<Chunk> {
  if (stream === null) return;
  const reader = stream.getReader();
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value;
  } finally {
    await reader.cancel();
  }
}

/** The values of a response of NDJSON, one a line, as they arrive. */
export async function* readLines(response: Response): AsyncGenerator {
  const decoded = response.body?.pipeThrough(new TextDecoderStream()) ?? null;
  let rest = "";
  for await (const text of chunksOf(decoded)) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield JSON.parse(line);
  }
}

/** Saves a file as if the person had followed a link to it. */
export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 60_000);
}
