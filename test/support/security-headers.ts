import { TestServer } from "./server.js";

/** The headers that SECURITY.md claims for every answer, apart from the content security policy. */
export const SECURITY_HEADERS = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "strict-transport-security": "max-age=31536000",
};

/** A server with the playground, and with CORS for every origin, so that every kind of answer exists. */
export function startWithEveryPage(): Promise<TestServer> {
  const start = { headers: "{}", tabs: [] };
  return TestServer.start({ corsOrigins: ["*"], playground: () => start });
}
