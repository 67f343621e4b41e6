import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { docsStart } from "../../src/demo/docs-start.js";
import type { Demo } from "../../src/demo/demo.js";
import { openBrowser } from "../support/browser.js";
import { startDemoServer } from "../support/demo.js";
import type { TestServer } from "../support/server.js";

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

const OPERATIONS = [
  "chargePockets",
  "tracePocketCharge",
  "debitPockets",
  "reversePocketEntries",
  "tracePocketEntry",
  "listPaymentCharges",
  "createPaymentCharge",
  "fetchPaymentCharge",
  "updatePaymentCharge",
  "patchPaymentCharge",
] as const;
type Operation = (typeof OPERATIONS)[number];

interface Sent {
  readonly status: number;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

let server: TestServer;
let demo: Demo;
let secret: string;
/** The token with which the page starts; null without a demo. */
let pageToken: string | null;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let complaints: string[];

function block(operation: Operation): Locator {
  return page.locator(`[id$="-${operation}"]`);
}

async function open(options: Parameters<Browser["newContext"]>[0] = {}): Promise<void> {
  context = await browser.newContext({ viewport: DESKTOP, ...options });
  page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  await page.goto(new URL("/docs", server.url).href);
  await page.locator(".opblock").first().waitFor();
}

/** Opens an operation, and makes its fields editable. */
async function tryOut(operation: Operation): Promise<void> {
  await block(operation).locator(".opblock-summary").click();
  await block(operation).getByRole("button", { name: "Try it out" }).click();
}

/** Sends the request as it is filled in. */
async function execute(operation: Operation): Promise<Sent> {
  const answered = page.waitForResponse((response) => /\/(api|pockets)\//.test(response.url()));
  await block(operation).getByRole("button", { name: "Execute" }).click();
  const response = await answered;
  await block(operation).locator(".live-responses-table").waitFor();
  return {
    status: response.status(),
    url: response.url(),
    authorization: response.request().headers()["authorization"],
    body: await response.json(),
  };
}

/** Enters a token, as a person pastes it. */
async function authorize(scheme: "ApiToken" | "BearerToken", pasted: string): Promise<void> {
  await page.locator(".auth-wrapper .authorize").first().click();
  const form = page.locator(".auth-container").filter({ hasText: scheme });
  await form.locator("input").fill(pasted);
  await form.getByRole("button", { name: "Apply credentials" }).click();
  await page.locator(".close-modal").click();
}

async function logOut(scheme: "ApiToken" | "BearerToken"): Promise<void> {
  await page.locator(".auth-wrapper .authorize").first().click();
  const form = page.locator(".auth-container").filter({ hasText: scheme });
  await form.getByRole("button", { name: "Remove authorization" }).click();
  await page.locator(".close-modal").click();
}

describe("/docs", () => {
  beforeAll(async () => {
    ({ server, demo } = await startDemoServer({ docs: () => docsStart(pageToken) }));
    secret = await demo.createToken();
    browser = await openBrowser();
  });

  beforeEach(() => {
    complaints = [];
    pageToken = secret;
  });

  afterEach(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });

  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  it("runs every operation as it is filled in, with the demo's token", async () => {
    await open();
    const answers = new Map<Operation, Sent>();
    for (const operation of OPERATIONS) {
      await tryOut(operation);
      const sent = await execute(operation);
      expect(sent.authorization).toBe(`Token ${secret}`);
      expect([200, 201], operation).toContain(sent.status);
      answers.set(operation, sent);
      // Open operations slow the page down.
      if (operation !== "chargePockets") await block(operation).locator(".opblock-summary").click();
    }
    const first = { token: "01988f7a-d22b-7c3d-977f-27af99c2a5a5", phone_number: "989120000000" };
    const charged = { results: [{ ...first, amount: 10_000, status: "success" }] };
    expect(answers.get("chargePockets")?.body).toMatchObject(charged);
    for (const operation of ["debitPockets", "reversePocketEntries"] as const) {
      expect(answers.get(operation)?.body).toMatchObject({ results: [{ status: "success" }] });
    }
    expect(new URL(answers.get("listPaymentCharges")!.url).search).toBe("");
    const { data } = answers.get("listPaymentCharges")!.body as { data: unknown[] };
    expect(data).toHaveLength(20);
    const again = { results: [{ ...first, status: "error", message: "Duplicate token." }] };
    expect((await execute("chargePockets")).body).toMatchObject(again);
    await expect.poll(() => block("chargePockets").innerText()).toContain("Duplicate token.");
  });

  it("lists with a filter that a person types", async () => {
    await open();
    await tryOut("listPaymentCharges");
    const filter = page.locator('tr[data-param-name="filter[status]"] textarea');
    expect(await filter.inputValue()).toBe("{}");
    await filter.fill('{"eq": "failed", "not_match": "x"}');
    await page.locator('tr[data-param-name="page[size]"] input').fill("3");
    const { status, url, body } = await execute("listPaymentCharges");
    expect(status).toBe(200);
    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
      "filter[status][eq]": "failed",
      "filter[status][not_match]": "x",
      "page[size]": "3",
    });
    const { data } = body as { data: { attributes: { status: string } }[] };
    expect(data.map(({ attributes }) => attributes.status)).toEqual(["failed", "failed", "failed"]);
  });

  it("accepts a token however it is pasted, when the page starts without one", async () => {
    pageToken = null;
    await open();
    expect(await page.content()).not.toContain(secret);
    await tryOut("tracePocketCharge");
    const refused = await execute("tracePocketCharge");
    expect([refused.status, refused.authorization]).toEqual([401, undefined]);
    complaints = []; // the browser reports the 401
    for (const [scheme, prefix] of [
      ["ApiToken", ""],
      ["ApiToken", " Bearer "],
      ["BearerToken", "Token "],
      ["BearerToken", "bearer "],
    ] as const) {
      await authorize(scheme, `${prefix}${secret}`);
      const { status, authorization } = await execute("tracePocketCharge");
      expect([status, authorization], scheme + prefix).toEqual([200, `Token ${secret}`]);
      await logOut(scheme);
    }
  });

  it("fits a phone", async () => {
    await open({ viewport: PHONE });
    for (const operation of ["chargePockets", "listPaymentCharges"] as const) {
      await tryOut(operation);
      await execute(operation);
      expect(await page.evaluate("document.documentElement.scrollWidth"), operation).toBe(390);
      // Fields are wide enough to read a token.
      const fields = block(operation).locator("tr[data-param-name] :is(input, textarea)");
      const widths = await fields.evaluateAll((all: { clientWidth: number }[]) =>
        all.map(({ clientWidth }) => clientWidth),
      );
      expect(widths.length).toBeGreaterThan(0);
      expect(Math.min(...widths), operation).toBeGreaterThan(250);
    }
  });

  it("follows the reader's color scheme, also when it changes", async () => {
    await open({ colorScheme: "dark" });
    const background = "getComputedStyle(document.body).backgroundColor";
    expect(await page.evaluate(background)).toBe("rgb(28, 32, 34)");
    await page.emulateMedia({ colorScheme: "light" });
    await expect.poll(() => page.evaluate(background)).toBe("rgb(255, 255, 255)");
  });
});
