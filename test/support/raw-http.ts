import { connect } from "node:net";

/** Longer than any response takes, even on a slow machine. */
const TIMEOUT_MS = 20_000;

export interface RawAnswer {
  readonly status: number;
  /** By name in lower case; the last value of a repeated header. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Sends bytes unchanged, and reads the first response.
 *
 * @throws if there is no response, or it is not well-formed HTTP.
 */
export async function sendRaw(url: string, bytes: string | Buffer): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const received = await new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    const end = (): void => {
      socket.destroy();
      resolve(Buffer.concat(chunks));
    };
    socket.setTimeout(TIMEOUT_MS, () => {
      socket.destroy();
      reject(new Error(`No complete answer to ${JSON.stringify(String(bytes)).slice(0, 500)}`));
    });
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      if (isWhole(Buffer.concat(chunks))) end();
    });
    socket.on("end", end);
    // The server resets the connection if it responds before it has read the whole request.
    socket.on("error", end);
    socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  });
  return parse(withoutInterim(received.toString("latin1")));
}

/** Removes `100 Continue`. */
function withoutInterim(text: string): string {
  return text.replace(/^(?:HTTP\/1\.1 1\d\d [^]*?\r\n\r\n)+/, "");
}

function isWhole(received: Buffer): boolean {
  const text = withoutInterim(received.toString("latin1"));
  const at = text.indexOf("\r\n\r\n");
  if (at === -1) return false;
  const body = text.slice(at + 4);
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, at))?.[1];
  if (/\r\ntransfer-encoding: chunked/i.test(text.slice(0, at))) return body.endsWith("0\r\n\r\n");
  // The response to HEAD has a length but no body. The request asks to close the connection.
  return length !== undefined && body.length >= Number(length);
}

function parse(text: string): RawAnswer {
  const [, status, head = "", body = ""] =
    /^HTTP\/1\.1 (\d{3}) [ -~]*\r\n((?:[!-9;-~]+: ?[ -~\t\x80-\xff]*\r\n)*)\r\n([^]*)$/.exec(
      text,
    ) ?? [];
  if (status === undefined)
    throw new Error(`No HTTP answer: ${JSON.stringify(text.slice(0, 500))}`);
  const lines = head.split("\r\n").filter((line) => line !== "");
  const headers = Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(":");
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
    }),
  ) as Record<string, string>;
  const isChunked = headers["transfer-encoding"] === "chunked";
  return { status: Number(status), headers, body: isChunked ? withoutChunks(body) : body };
}

function withoutChunks(text: string): string {
  const size = Number.parseInt(text, 16);
  const at = text.indexOf("\r\n") + 2;
  return size > 0 ? text.slice(at, at + size) + withoutChunks(text.slice(at + size + 2)) : "";
}
