import { TestServer } from "./server.js";

/** The headers that SECURITY.md promises for every response, except the content security policy. */
export const SECURITY_HEADERS = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "strict-transport-security": "max-age=31536000",
};

/** Starts a server with the playground, the console and CORS for every origin, so that every kind of response exists. */
export function startWithEveryPage(): Promise<TestServer> {
  const start = { headers: "{}", tabs: [] };
  return TestServer.start({
    corsOrigins: ["*"],
    playground: () => start,
    console: () => ({ token: null, hasPlayground: true }),
  });
}
