import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser } from "../support/browser.js";
import { RestClient } from "../support/rest.js";
import { TestServer } from "../support/server.js";

let server: TestServer;
let rest: RestClient;

beforeAll(async () => {
  server = await TestServer.start();
  rest = await RestClient.of(server);
});

afterAll(() => server.stop());

describe("/docs in a browser", () => {
  it("shows every operation, contacts only this server, and violates no part of its policy", async () => {
    const browser = await openBrowser();
    try {
      const page = await browser.newPage();
      const [requested, errors]: [string[], string[]] = [[], []];
      page.on("request", (request) => requested.push(request.url()));
      page.on("console", (message) => {
        if (message.type() === "error") errors.push(message.text());
      });
      page.on("pageerror", (error) => errors.push(error.message));
      await page.goto(`${rest.origin}/docs`);
      await page.locator(".opblock").first().waitFor();
      const shown = await page.locator(".opblock .opblock-summary-path").allTextContents();
      // The page inserts tags between the parts of a path, so that it can wrap.
      const withoutTags = (path: string): string => path.replace(/[^\w/{}]/g, "");
      const { paths } = rest.openapi.document;
      expect(shown.map(withoutTags)).toEqual(
        expect.arrayContaining(Object.keys(paths).map(withoutTags)),
      );
      const foreign = requested.filter(
        (url) => !url.startsWith("data:") && new URL(url).origin !== rest.origin,
      );
      expect(foreign).toEqual([]);
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
