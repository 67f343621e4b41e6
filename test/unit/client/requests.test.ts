import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { ClientError, TemporaryFailure } from "../../../src/client/client-error.js";
import { retryTemporary } from "../../../src/client/retry-temporary.js";
import { sendRequest } from "../../../src/client/send-request.js";
import { serverAccess } from "../../../src/client/server-access.js";

const token = "pct_x";
let stop: (() => Promise<unknown>) | undefined;
afterEach(() => stop?.());

/** A server that answers every request by the function. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stop = () => new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

describe("a command's access to a server", () => {
  it("keeps the path of a server behind a proxy", () => {
    const { url } = serverAccess({ url: "https://example.com/pay", token });
    expect(new URL("export/x.csv", url).href).toBe("https://example.com/pay/export/x.csv");
  });

  it.each(["localhost:4000", "ftp://example.com", "not a url", "https://me:secret@example.com"])(
    "refuses the URL %s",
    (url) => {
      expect(() => serverAccess({ url, token })).toThrow(ClientError);
    },
  );

  it("says where the token belongs if there is none", () => {
    expect(() => serverAccess({ url: "http://localhost:4000", token: undefined })).toThrow(
      "POCKETCHARGE_TOKEN",
    );
  });

  it.each([
    ["pct_x\n", "a space or a line break"],
    ["pct_\u00a0x", "a space or a line break"],
    ["pct_é", "a character that no token has"],
    ["pct_\u200bx", "a character that no token has"],
    ["pct_\0", "a character that no token has"],
  ])("refuses the token %j, which no header can have", (given, message) => {
    const access = () => serverAccess({ url: "http://localhost:4000", token: given });
    expect(access).toThrow(ClientError);
    expect(access).toThrow(`POCKETCHARGE_TOKEN contains ${message}`);
  });
});

describe("a command's request", () => {
  it("sends the token, and returns the response", async () => {
    const url = await serve((request, response) => response.end(request.headers.authorization));
    const response = await sendRequest(serverAccess({ url, token }), "export/x.csv");
    expect(await response.text()).toBe("Token pct_x");
  });

  it("reports the server's own message for a refusal, in either form of errors", async () => {
    const url = await serve((request, response) => {
      const error = request.url === "/rest" ? { detail: "No such list." } : { message: "No." };
      response.writeHead(403).end(JSON.stringify({ errors: [error] }));
    });
    const access = serverAccess({ url, token });
    await expect(sendRequest(access, "rest")).rejects.toThrow("No such list. (HTTP 403)");
    await expect(sendRequest(access, "graphql")).rejects.toThrow(ClientError);
  });

  it("reports what may pass as temporary, with the delay that the server asks for", async () => {
    const url = await serve((_, response) =>
      response.writeHead(503, { "retry-after": "7" }).end("busy"),
    );
    const failure: unknown = await sendRequest(serverAccess({ url, token }), "x").catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(TemporaryFailure);
    expect(failure).toMatchObject({ message: "busy (HTTP 503)", retryAfterMs: 7_000 });
  });

  it("reports an unreachable server as temporary, with the reason", async () => {
    const url = await serve(() => undefined);
    await stop?.();
    stop = undefined;
    const sending = sendRequest(serverAccess({ url, token }), "x");
    await expect(sending).rejects.toThrow(/cannot be reached: .*ECONNREFUSED/);
    await expect(sending).rejects.toBeInstanceOf(TemporaryFailure);
  });
});

describe("retrying", () => {
  it("repeats temporary failures until the work succeeds", async () => {
    const failures: number[] = [];
    let attempts = 0;
    const result = await retryTemporary(
      () => {
        attempts++;
        if (attempts < 3) return Promise.reject(new TemporaryFailure("busy"));
        return Promise.resolve("done");
      },
      { onRetry: (_, delayMs) => failures.push(delayMs) },
    );
    expect([result, attempts, failures]).toEqual(["done", 3, [500, 1_000]]);
  });

  it("gives up when the work makes no progress in time, with the last reason", async () => {
    const work = () => Promise.reject(new TemporaryFailure("busy", 60_000));
    await expect(retryTemporary(work, { patienceMs: 1_000 })).rejects.toThrow(ClientError);
  });

  it("begins with the first delay again after progress", async () => {
    const delays: number[] = [];
    let attempts = 0;
    await retryTemporary(
      (hasProgressed) => {
        attempts++;
        if (attempts === 4) return Promise.resolve();
        if (attempts === 3) hasProgressed();
        return Promise.reject(new TemporaryFailure("cut off"));
      },
      { onRetry: (_, delayMs) => delays.push(delayMs) },
    );
    expect(delays).toEqual([500, 1_000, 500]);
  });

  it("repeats no other failure", async () => {
    let attempts = 0;
    const work = () => {
      attempts++;
      return Promise.reject(new ClientError("refused"));
    };
    await expect(retryTemporary(work)).rejects.toThrow("refused");
    expect(attempts).toBe(1);
  });
});
