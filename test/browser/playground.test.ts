import type { Browser, BrowserContext, Page, Response } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Demo } from "../../src/demo/demo.js";
import { playgroundStart } from "../../src/demo/playground-start.js";
import { openBrowser } from "../support/browser.js";
import { startDemoServer } from "../support/demo.js";
import type { ChargeResult } from "../support/pockets.js";
import type { TestServer } from "../support/server.js";

const SIZE = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** GraphiQL's names for the documents of its editors. */
const EDITORS = {
  query: "operation.graphql",
  variables: "variables.json",
  headers: "request-headers.json",
  answer: "response.json",
};

interface Answer {
  data: Record<string, unknown> | null;
  errors?: unknown;
}

/** A line of an editor in the page. */
interface Line {
  offsetTop: number;
  innerText: string;
}

let server: TestServer;
let demo: Demo;
let demoToken: string | null;
let browser: Browser;
/** A browser context that all pages share, with its cache. Each page is a separate tab. */
let context: BrowserContext;
/** The tab that most tests continue with, because loading the page takes seconds. */
let playground: Playground;
let opened: Playground;

/** An open playground, with its errors and requests that a person would not see. */
class Playground {
  readonly requests: string[] = [];
  readonly complaints: string[] = [];

  constructor(readonly page: Page) {
    // Including requests of workers.
    context.on("request", (request) => this.requests.push(request.url()));
    page.on("pageerror", (error) => this.complaints.push(error.message));
    // The browser logs violations of the content security policy here.
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(message.text());
    });
  }

  static async open(path = "/playground"): Promise<Playground> {
    opened = new Playground(await context.newPage());
    const address = new URL(path, server.url).href;
    await opened.load((page) => page.goto(address));
    return opened;
  }

  /** Resolves once the schema is loaded, which completion and documentation need. */
  async load(navigate: (page: Page) => Promise<unknown>): Promise<void> {
    const schema = this.page.waitForResponse(isGraphqlAnswer);
    await navigate(this.page);
    expect(await (await schema).json()).toHaveProperty("data.__schema");
    await this.editor("query").locator(".view-line").first().waitFor();
  }

  async choose(tab: string): Promise<void> {
    await this.page.getByRole("button", { name: tab, exact: true }).click();
    await expect.poll(() => this.page.locator(".graphiql-tab-active").innerText()).toBe(tab);
  }

  /** Replaces the variables. */
  async showHeaders(): Promise<void> {
    await this.page.getByRole("button", { name: "Headers", exact: true }).click();
  }

  /** Runs the visible tab. @returns the answer, once it is visible. */
  async run(): Promise<Answer> {
    const response = this.page.waitForResponse(isGraphqlAnswer);
    await this.page.locator(".graphiql-execute-button").click();
    const answer = (await (await response).json()) as Answer;
    await this.editor("answer")
      .getByText(answer.errors ? '"errors"' : '"data"')
      .waitFor();
    return answer;
  }

  async startSubscription(): Promise<void> {
    await this.page.getByRole("button", { name: "Execute query" }).click();
  }

  /** Types a text at the end of an editor. */
  async type(editor: keyof typeof EDITORS, text: string): Promise<void> {
    await this.editor(editor).click();
    await this.page.keyboard.press("ControlOrMeta+End");
    await this.page.keyboard.type(text, { delay: 20 });
  }

  /** The content of an editor, with its lines in order. */
  async shown(editor: keyof typeof EDITORS): Promise<string> {
    const lines = this.editor(editor).locator(".view-line");
    const placed = await lines.evaluateAll((elements: Line[]) =>
      elements.map(({ offsetTop, innerText }) => ({ offsetTop, innerText })),
    );
    const sorted = placed.toSorted((one, other) => one.offsetTop - other.offsetTop);
    return sorted
      .map(({ innerText }) => innerText)
      .join("\n")
      .replaceAll("\u00a0", " ");
  }

  editor(name: keyof typeof EDITORS) {
    return this.page.locator(`.monaco-editor[data-uri$="-${EDITORS[name]}"]`);
  }

  /** Takes a screenshot for the README, if requested. */
  async keepScreenshot(name: string): Promise<void> {
    if (process.env["UPDATE_SCREENSHOTS"] === undefined) return;
    await this.page.mouse.move(SIZE.width - 40, SIZE.height - 40);
    await this.page.waitForTimeout(1_000); // wait until tooltips disappear
    await this.page.screenshot({ path: `docs/images/${name}.png` });
  }
}

describe("the playground", () => {
  beforeAll(async () => {
    ({ server, demo } = await startDemoServer({ playground: () => playgroundStart(demoToken) }));
    demoToken = await demo.createToken();
    browser = await openBrowser();
    context = await browser.newContext({ viewport: SIZE });
    playground = await Playground.open();
  });

  afterEach(() => {
    const { requests, complaints } = opened;
    const { origin } = new URL(server.url);
    // A data: URL causes no network request.
    const sent = requests.filter((address) => !address.startsWith("data:"));
    expect(sent.filter((address) => !address.startsWith(`${origin}/`))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  it("loads its web workers from this server, and does not change its URL", async () => {
    const { page, requests } = playground;
    expect(await page.title()).toBe("Pocketcharge");
    await expect
      .poll(() => requests)
      .toContain(new URL("/playground/graphql.worker.js", server.url).href);
    expect(page.url()).toBe(new URL("/playground", server.url).href);
  });

  it("charges again each time its first tab is run", async () => {
    const tokens = new Set<string>();
    for (let run = 0; run < 2; run++) {
      const { data, errors } = await playground.run();
      expect(errors).toBeUndefined();
      const { results } = data?.["chargePockets"] as { results: ChargeResult[] };
      expect(results.map(({ status }) => status)).toEqual(["SUCCESS", "SUCCESS"]);
      for (const { token } of results) {
        expect(token).toMatch(UUID_V7);
        expect(Math.abs(millisecondsOf(token) - Date.now())).toBeLessThan(60_000);
        tokens.add(token);
      }
      for (const { token } of results)
        await expect.poll(() => playground.shown("answer")).toContain(token);
    }
    expect(tokens.size).toBe(4);
    await playground.keepScreenshot("playground");
  });

  it("has tabs that run without changes, repeatedly", async () => {
    const tabs = ["Spend", "Trace", "PaymentCharges"];
    for (const tab of [...tabs, "CreatePaymentCharge", "UpdatePaymentCharge"]) {
      await playground.choose(tab);
      for (let run = 0; run < 2; run++) {
        const { data, errors } = await playground.run();
        expect(errors, tab).toBeUndefined();
        const [result] = Object.values(data ?? {});
        expect(result, tab).toBeInstanceOf(Object);
        expect(result, tab).not.toMatchObject({ userErrors: [expect.anything()] });
        await expect.poll(() => playground.shown("answer")).toContain(Object.keys(data ?? {})[0]);
      }
      if (tab === "PaymentCharges") await playground.keepScreenshot("playground-list");
    }
  });

  it("shows the charges of another page in a running subscription", async () => {
    await playground.choose("Watch");
    await playground.startSubscription();
    await expect.poll(() => playground.shown("answer")).toContain('"pocketChanged"');
    const other = await Playground.open();
    for (let charge = 0; charge < 2; charge++) {
      const { data } = await other.run();
      const { results } = data?.["chargePockets"] as { results: ChargeResult[] };
      const balance = String(results[0]?.pocketCharge?.balanceAfter);
      await expect.poll(() => playground.shown("answer")).toContain(`"balance": ${balance},`);
    }
    await playground.keepScreenshot("playground-subscription");
    expect(other.complaints).toEqual([]);
    await other.page.close();
    opened = playground;
  });

  it("closes the connection of a subscription that is stopped", async () => {
    const { page } = playground;
    const closed = page.waitForEvent("requestfailed");
    await page.getByRole("button", { name: "Stop query" }).click();
    expect((await closed).url()).toBe(server.url);
    await page.getByRole("button", { name: "Execute query" }).waitFor();
    expect(await playground.shown("answer")).toContain('"pocketChanged"');
  });

  it("shows why a subscription is refused", async () => {
    const { page } = playground;
    await playground.editor("variables").click();
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type('{ "slug": "none", "phoneNumber": "1');
    await playground.startSubscription();
    await expect.poll(() => playground.shown("answer")).toContain('"code": "NOT_FOUND"');
    await page.getByRole("button", { name: "Execute query" }).waitFor();
  });

  it("has tabs that stay under the pointer, also after a resize", async () => {
    const { page } = playground;
    for (const width of [1_000, 1_600]) {
      await page.setViewportSize({ ...SIZE, width });
      for (const tab of ["UpdatePaymentCharge", "Trace", "PaymentCharges", "FirstCharge"]) {
        await playground.choose(tab);
      }
    }
    await page.setViewportSize(SIZE);
  });

  it("keeps changes across a reload, only in this browser tab", async () => {
    const { page } = playground;
    await playground.choose("Trace");
    await playground.type("query", " # mine");
    await expect.poll(() => keptTabs(page)).toContain("# mine");
    await playground.load(() => page.reload());
    await expect.poll(() => playground.shown("query")).toContain("} # mine");
    await expect.poll(() => playground.shown("variables")).toContain("my-pocket-group");
    await playground.showHeaders();
    await expect.poll(() => playground.shown("headers")).toContain(demoToken);
    await expect.poll(() => page.getByRole("tab").count()).toBe(7);
    await playground.choose("FirstCharge");
    await expect.poll(() => keptTabs(page)).toContain('"activeTabIndex":0');
    await playground.load(() => page.reload());
    await expect.poll(() => playground.shown("variables")).toContain("{{uuidv7}}");
    await expect.poll(() => page.getByRole("tab").count()).toBe(7);
    expect(await page.evaluate("localStorage.length")).toBe(0);
    expect(page.url()).toBe(new URL("/playground", server.url).href);
  });

  it("starts over with the new token when the server has another one", async () => {
    const { page } = playground;
    const before = demoToken ?? "";
    await playground.type("query", " # mine");
    await expect.poll(() => keptTabs(page)).toContain("# mine");
    demoToken = await demo.createToken();
    await playground.load(() => page.reload());
    await expect.poll(() => playground.shown("query")).toMatch(/mutation FirstCharge[^]*\}$/);
    await playground.showHeaders();
    await expect.poll(() => playground.shown("headers")).toContain(demoToken);
    expect(await keptTabs(page)).not.toContain(before);
    expect((await playground.run()).errors).toBeUndefined();
  });

  it("opens a link to a query as one more tab, once", async () => {
    const query = "query Linked($slug: String!) { pocketGroup(slug: $slug) { name } }";
    const variables = JSON.stringify({ slug: "my-pocket-group" });
    const search = new URLSearchParams({ query, variables }).toString();
    const { page } = playground;
    await playground.load(() => page.goto(`${server.url}?${search}`));
    await expect.poll(() => playground.shown("query")).toBe(query);
    const answer = await playground.run();
    expect(answer.data).toEqual({ pocketGroup: { name: "My pocket group" } });
    expect(answer.errors).toBeUndefined();
    await playground.load(() => page.reload());
    const tabs = await page.getByRole("tab").allInnerTexts();
    expect(tabs.filter((name) => name === "Linked")).toHaveLength(1);
    expect(tabs).toHaveLength(8);

    await playground.load(() =>
      page.goto(`${server.url}?query=${encodeURIComponent("{ viewer { scopes } }")}`),
    );
    await expect.poll(() => playground.shown("query")).toBe("{ viewer { scopes } }");
    await expect.poll(() => playground.shown("variables")).toBe("");
    await expect.poll(() => page.getByRole("tab").count()).toBe(9);
  });

  it.each(["light", "dark"] as const)(
    "has its panes below each other on a phone, and every tab in sight, in %s mode",
    async (colorScheme) => {
      const { page } = playground;
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize(PHONE);
      await playground.load(() => page.goto(new URL("/playground", server.url).href));
      for (const tab of ["UpdatePaymentCharge", "CreatePaymentCharge", "Trace"]) {
        const place = await page.getByRole("button", { name: tab, exact: true }).boundingBox();
        expect(place!.x, tab).toBeGreaterThanOrEqual(0);
        expect(place!.x + place!.width, tab).toBeLessThanOrEqual(PHONE.width);
        await playground.choose(tab);
      }
      const panes = [".graphiql-query-editor", ".graphiql-editor-tool", ".graphiql-response"];
      const places = await Promise.all(panes.map((pane) => page.locator(pane).boundingBox()));
      for (const [index, place] of places.entries()) {
        expect(place!.width, panes[index]).toBeGreaterThan(PHONE.width - 40);
        expect(place!.height, panes[index]).toBeGreaterThan(150);
        const above = places[index - 1];
        if (above) expect(place!.y).toBeGreaterThanOrEqual(above.y + above.height);
      }
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(PHONE.width);
      await shoot(page, `playground-390-${colorScheme}`);
      expect(await playground.run()).toHaveProperty("data.pocketCharge.amount");
      const answer = page.locator(".graphiql-response");
      await expect
        .poll(async () => {
          const { y, height } = (await answer.boundingBox())!;
          return y + height;
        })
        .toBeLessThanOrEqual(PHONE.height);
      await shoot(page, `playground-390-${colorScheme}-answer`);
      await page.setViewportSize(SIZE);
      await shoot(page, `playground-1280-${colorScheme}`);
      await page.emulateMedia({ colorScheme: null });
    },
  );

  it.each(["light", "dark"] as const)(
    "is linked from the page at /, which fits a phone, in %s mode",
    async (colorScheme) => {
      const page = await context.newPage();
      opened = new Playground(page);
      await page.emulateMedia({ colorScheme });
      await page.goto(new URL("/", server.url).href);
      await shoot(page, `home-1280-${colorScheme}`);
      await page.setViewportSize(PHONE);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(PHONE.width);
      const size = "document.querySelector('header img').naturalWidth";
      expect(await page.evaluate(size)).toBeGreaterThan(0);
      await shoot(page, `home-390-${colorScheme}`);
      await opened.load(() => page.getByRole("link", { name: /^Playground/ }).click());
      await page.close();
    },
  );

  it("completes a field and shows its description", async () => {
    const { page } = playground;
    await page.getByRole("button", { name: "New tab" }).click();
    await playground.type("query", "{ pocketCh");
    const suggestions = page.locator(".suggest-widget .monaco-list-row");
    await suggestions.filter({ hasText: /^pocketCharges/ }).waitFor();
    expect(await suggestions.first().innerText()).toMatch(/^pocketCharge\b/);
    await page.keyboard.press("Control+Space"); // shows details
    await page.locator(".suggest-details").getByText("Returns a charge by its token.").waitFor();
    await page.keyboard.press("Enter");
    await expect.poll(() => playground.shown("query")).toMatch(/^\{ pocketCharge\b/);
  });

  it("shows the schema without the demo, and the caller after a token is entered", async () => {
    const secret = demoToken ?? "";
    demoToken = null;
    const other = await Playground.open();
    const { page } = other;
    await expect.poll(() => other.shown("query")).toContain("query WhoCalls");
    await other.showHeaders();
    await other.editor("headers").click();
    for (const key of ["ControlOrMeta+Home", "ArrowDown", "End", "ArrowLeft"]) {
      await page.keyboard.press(key);
    }
    await page.keyboard.type(secret);
    expect(await other.run()).toMatchObject({
      data: { viewer: { merchant: { name: "Demo merchant" } } },
    });
  });
});

/** Takes a screenshot to look at, into the folder SCREENSHOTS if it is set. */
async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env["SCREENSHOTS"];
  if (folder === undefined) return;
  await page.waitForTimeout(1_500); // the editors draw late
  await page.screenshot({ path: `${folder}/${name}.png` });
}

function isGraphqlAnswer(response: Response): boolean {
  return response.url() === server.url && response.request().method() === "POST";
}

/** The stored state that a reloaded page starts with. GraphiQL writes it shortly after a change. */
async function keptTabs(page: Page): Promise<string> {
  return page.evaluate("sessionStorage.getItem('graphiql:tabState') ?? ''");
}

function millisecondsOf(uuidV7: string): number {
  return Number.parseInt(uuidV7.replace("-", "").slice(0, 12), 16);
}
