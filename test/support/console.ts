import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import { openBrowser } from "./browser.js";
import { startDemoServer } from "./demo.js";
import type { TestServer } from "./server.js";
import { TcpLine } from "./tcp-line.js";

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** A server with the demo, and a browser whose tabs show its console. */
export class ConsoleTest {
  /** What a person would not see: faults of scripts, and violations of the content security policy. */
  readonly complaints: string[] = [];
  /** Requests to other hosts. */
  readonly foreign: string[] = [];

  private constructor(
    readonly server: TestServer,
    readonly demoToken: string,
    private readonly browser: Browser,
  ) {}

  static async start(options: Parameters<typeof startDemoServer>[0] = {}): Promise<ConsoleTest> {
    let demoToken = "";
    const { server, demo } = await startDemoServer({
      ...options,
      console: () => ({ token: demoToken, hasPlayground: true }),
      playground: () => ({
        headers: "{}",
        tabs: [{ query: "{ viewer { scopes } }", variables: "" }],
      }),
    });
    demoToken = await demo.createToken();
    return new ConsoleTest(server, demoToken, await openBrowser());
  }

  get origin(): string {
    return new URL(this.server.url).origin;
  }

  /** Opens a page in its own tab, with its own session. Without a `token`, the demo's one is used. */
  async open(
    path: string,
    options: {
      readonly token?: string;
      readonly size?: typeof DESKTOP;
      readonly isDark?: boolean;
      readonly locale?: string;
    } = {},
  ): Promise<Page> {
    const context = await this.browser.newContext({
      viewport: options.size ?? DESKTOP,
      colorScheme: options.isDark ? "dark" : "light",
      locale: options.locale ?? "en-GB",
      timezoneId: "Asia/Tehran",
    });
    // An open page goes on reading and following, which would slow down all later tests.
    onTestFinished(() => context.close());
    const page = await context.newPage();
    this.listenTo(context, page);
    if (options.token !== undefined) {
      const stored = JSON.stringify(options.token);
      // Only once: a reload must not bring a token back after signing out.
      await page.addInitScript(
        `if (sessionStorage.length === 0) sessionStorage.setItem("pocketcharge:token", ${stored})`,
      );
    }
    await page.goto(new URL(`/console${path}`, this.origin).href);
    return page;
  }

  /** Opens a page through a line that the test can close and restore. */
  async openThroughLine(path: string): Promise<{ page: Page; line: TcpLine }> {
    const line = await TcpLine.to(this.server.url);
    const page = await this.open("/none");
    await page.goto(new URL(`/console${path}`, line.url).href);
    return { page, line };
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
  }

  private listenTo(context: BrowserContext, page: Page): void {
    context.on("request", (request) => {
      if (!request.url().startsWith(this.origin)) this.foreign.push(request.url());
    });
    page.on("pageerror", (error) => this.complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(message.text());
    });
  }
}

/** Checks the page with axe. Run it once the page shows its data. */
export async function expectAccessible(page: Page): Promise<void> {
  // Mantine fades dialogs in, and axe would measure the contrast of half-transparent text.
  await page.evaluate(
    `Promise.allSettled(
       document.getAnimations()
         .filter(({ effect }) => effect.getTiming().iterations !== Infinity)
         .map(({ finished }) => finished),
     ).then(() => null)`,
  );
  // Evaluated instead of added as a script, which the page's policy forbids.
  await page.evaluate(await readFile(AXE, "utf8"));
  const { violations } = await page.evaluate<AxeResults>("axe.run()");
  const found = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(" ")}`,
  );
  expect(found, found.join("\n")).toEqual([]);
}

/** A phone must not scroll sideways. */
export async function expectNoSidewaysScrolling(page: Page): Promise<void> {
  const width = page.viewportSize()?.width;
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
}
