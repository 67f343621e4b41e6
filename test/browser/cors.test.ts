import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openBrowser } from "../support/browser.js";
import { accepted, createCharge, updateCharge } from "../support/payments.js";
import { type TestMerchant, TestServer } from "../support/server.js";
import { TcpLine } from "../support/tcp-line.js";
import { POLL } from "../support/wait-timeout.js";

/** The program that serves the example page, with the origin that it printed. */
class PageServer {
  private constructor(
    private readonly child: ChildProcess,
    readonly origin: string,
  ) {}

  static async start(): Promise<PageServer> {
    const env = { ...process.env, PORT: "0" };
    const child = spawn(process.execPath, ["examples/browser/serve.mjs"], { env });
    let printed = "";
    child.stdout.setEncoding("utf8");
    for await (const text of child.stdout.iterator({ destroyOnReturn: false })) {
      printed += String(text);
      const origin = /CORS_ORIGINS=(\S+)/.exec(printed)?.[1];
      if (origin !== undefined) return new PageServer(child, origin);
    }
    throw new Error(`The page is not served:\n${printed}`);
  }

  async stop(): Promise<void> {
    this.child.kill();
    await once(this.child, "close");
  }
}

interface SentOperation {
  query: string;
  variables?: unknown;
}

describe("the example page, on another origin", () => {
  let pages: PageServer;
  let browser: Browser;
  let allowing: TestServer;
  let closed: TestServer;
  let page: Page;
  let merchant: TestMerchant;
  let defects: string[];

  beforeAll(async () => {
    pages = await PageServer.start();
    browser = await openBrowser();
    allowing = await TestServer.start({ corsOrigins: [pages.origin] });
    closed = await TestServer.start();
  });
  afterAll(async () => {
    await browser.close();
    await pages.stop();
    await allowing.stop();
    await closed.stop();
  });
  beforeEach(async () => {
    merchant = await allowing.createMerchant();
    const context = await browser.newContext({ locale: "en-US" });
    page = await context.newPage();
    defects = [];
    page.on("pageerror", (error) => defects.push(error.message));
  });
  afterEach(async () => {
    await page.context().close();
    expect(defects).toEqual([]);
  });

  async function connect(url: string, token: string): Promise<void> {
    await page.goto(`${pages.origin}/`);
    await page.getByLabel("Server").fill(url);
    await page.getByLabel("Token").fill(token);
    await page.getByRole("button", { name: "Show" }).click();
  }

  const textsOf = (selector: string): Promise<string[]> =>
    page.locator(selector).evaluateAll((rows: { innerText: string }[]) =>
      // Cells are separated by tabs.
      rows.map(({ innerText }) => innerText.trim().replaceAll("\t", " | ")),
    );
  const stateText = (): Promise<string> => page.locator("#state").innerText();
  const troubleText = (): Promise<string> => page.locator("#trouble").innerText();

  it("lists charges and sums by status, and shows a new one automatically", async () => {
    const token = merchant.token;
    await accepted(createCharge(allowing, token, { amountInCents: 123_456 }));
    await accepted(
      createCharge(allowing, token, { amountInCents: 2_000, mode: "MANUAL", provider: "NONE" }),
    );
    await connect(allowing.url, token);
    await expect.poll(stateText, POLL).toContain("2 payment charges");
    expect(await textsOf("#groups tr")).toEqual([
      "CREATED | 1 | $1,234.56",
      "SUCCEEDED | 1 | $20.00",
    ]);
    expect(await page.locator("#newest tr.is-new").count()).toBe(0);

    const description = "<b>Made</b> during the test";
    const { id } = await accepted(
      createCharge(allowing, token, { amountInCents: 500, currency: "EUR", description }),
    );
    await expect.poll(stateText, POLL).toContain("3 payment charges");
    expect(await textsOf("#groups tr")).toEqual([
      "CREATED | 1 | €5.00",
      "CREATED | 1 | $1,234.56",
      "SUCCEEDED | 1 | $20.00",
    ]);
    // The merchants' strings are not interpreted as HTML, and the new row is highlighted.
    const [newest] = await textsOf("#newest tr");
    expect(newest).toContain(`CREATED | €5.00 | STRIPE | ${description}`);
    expect(await page.locator("#newest tr.is-new").getAttribute("data-id")).toBe(id);
    expect(await page.locator("#trouble").isVisible()).toBe(false);

    await accepted(updateCharge(allowing, token, id, { status: "FAILED" }));
    await expect.poll(() => textsOf("#groups tr"), POLL).toContain("FAILED | 1 | €5.00");
    expect((await textsOf("#newest tr"))[0]).toContain("FAILED | €5.00 | STRIPE");
  });

  it("continues after the last change when its connection was lost, and misses none", async () => {
    const { token } = merchant;
    const line = await TcpLine.to(allowing.url);
    try {
      const sent: SentOperation[] = [];
      page.on("request", (request) => {
        if (request.method() === "POST") sent.push(request.postDataJSON() as SentOperation);
      });
      await connect(line.url, token);
      await expect.poll(stateText, POLL).toContain("0 payment charges");
      await accepted(createCharge(allowing, token, { amountInCents: 100 }));
      await expect.poll(stateText, POLL).toContain("1 payment charges");
      await line.close();
      await expect.poll(troubleText, POLL).toContain("The connection was lost.");
      const { id } = await accepted(createCharge(allowing, token, { amountInCents: 200 }));
      await accepted(updateCharge(allowing, token, id, { status: "SUCCEEDED" }));
      await line.restore();
      await expect.poll(() => page.locator("#newest tr").count(), POLL).toBe(2);
      expect(await page.locator("#newest tr.is-new").getAttribute("data-id")).toBe(id);
      expect(await textsOf("#groups tr")).toEqual(["CREATED | 1 | $1.00", "SUCCEEDED | 1 | $2.00"]);
      expect(await page.locator("#trouble").isVisible()).toBe(false);
      expect(sent.filter(({ query }) => query.includes("query Newest"))).toHaveLength(1);
      const subscriptions = sent.filter(({ query }) => query.includes("subscription Changes"));
      expect(subscriptions[0]?.variables).toEqual({ after: null });
      expect(subscriptions.at(-1)?.variables).toEqual({ after: expect.any(String) as string });
    } finally {
      await line.close();
    }
  });

  it("ends its subscription when another token is entered", async () => {
    const other = await allowing.createMerchant();
    await connect(allowing.url, merchant.token);
    await expect.poll(stateText, POLL).toContain("0 payment charges");
    const ended = page.waitForEvent("requestfailed");
    await page.getByLabel("Token").fill(other.token);
    await page.getByRole("button", { name: "Show" }).click();
    expect((await ended).postData()).toContain("subscription Changes");
    await expect.poll(stateText, POLL).toContain("0 payment charges");
    await accepted(createCharge(allowing, merchant.token, { amountInCents: 100 }));
    await accepted(createCharge(allowing, other.token, { amountInCents: 200 }));
    await expect.poll(() => textsOf("#groups tr"), POLL).toEqual(["CREATED | 1 | $2.00"]);
  });

  it("lists the newest 20 of more charges, and counts and sums all of them exactly", async () => {
    const most = Number.MAX_SAFE_INTEGER;
    for (let index = 0; index < 25; index++) {
      await accepted(createCharge(allowing, merchant.token, { amountInCents: most }));
    }
    await connect(allowing.url, merchant.token);
    await expect.poll(stateText, POLL).toContain("25 payment charges");
    expect(await page.locator("#newest tr").count()).toBe(20);
    // 25 times 2^53-1 cents, which a JavaScript number cannot represent exactly.
    expect(await textsOf("#groups tr")).toEqual(["CREATED | 25 | $2,251,799,813,685,247.75"]);
  });

  it("stores its fields only for the tab", async () => {
    await connect(allowing.url, merchant.token);
    await expect.poll(stateText, POLL).toContain("0 payment charges");
    await page.reload();
    await expect.poll(stateText, POLL).toContain("0 payment charges");

    const another = await page.context().newPage();
    await another.goto(`${pages.origin}/`);
    expect(await another.getByLabel("Token").inputValue()).toBe("");
  });

  it("explains which setting is missing when the server does not allow its origin, and shows no charge", async () => {
    const { token } = await closed.createMerchant();
    await accepted(createCharge(closed, token, { amountInCents: 500 }));
    await connect(closed.url, token);
    await expect.poll(troubleText, POLL).toContain(`CORS_ORIGINS=${pages.origin}`);
    expect(await troubleText()).toContain("CORS");
    expect(await page.locator("#charges").isVisible()).toBe(false);
    expect(await page.locator("#newest tr").count()).toBe(0);
  });

  it("distinguishes an unreachable server from one that refuses its origin", async () => {
    const gone = createServer().listen(0, "127.0.0.1");
    await once(gone, "listening");
    const { port } = gone.address() as AddressInfo;
    gone.close();
    await connect(`http://127.0.0.1:${String(port)}/graphql`, merchant.token);
    await expect.poll(troubleText, POLL).toContain("Is it running?");
    expect(await troubleText()).not.toContain("CORS");
  });

  it("shows why a token is refused, with the request's id for the log", async () => {
    await connect(allowing.url, "pct_wrong");
    await expect.poll(troubleText, POLL).toContain("UNAUTHENTICATED");
    const id = /request ([0-9a-f-]{36})/.exec(await troubleText())?.[1];
    expect(id).toBeDefined();
  });

  it("is served with its own files and no others of the folder", async () => {
    for (const path of ["/serve.mjs", "/../client/main.ts", "/..%2fREADME.md", "/constructor"]) {
      expect((await fetch(`${pages.origin}${path}`)).status).toBe(404);
    }
  });
});
