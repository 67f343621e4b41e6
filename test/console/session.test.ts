import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ConsoleTest,
  PHONE,
  expectAccessible,
  expectNoSidewaysScrolling,
} from "../support/console.js";

let test: ConsoleTest;

beforeAll(async () => {
  test = await ConsoleTest.start();
});

afterAll(async () => {
  await test.stop();
});

const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });

describe("the console's session", () => {
  it("begins by itself with the demo's token", async () => {
    const page = await test.open("");
    await heading(page, "Overview").waitFor();
    await page.getByText("Demo merchant").waitFor();
    await expectAccessible(page);
  });

  it("ends with the tab's token, which is never in an address", async () => {
    const page = await test.open("");
    await page.getByRole("button", { name: "Demo merchant" }).click();
    await page.getByText("Charge (top up) pockets").waitFor();
    await expectAccessible(page);
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await heading(page, "Pocketcharge console").waitFor();
    await page.reload();
    await heading(page, "Pocketcharge console").waitFor();
    await expectAccessible(page);
    await page.getByLabel("API token").first().fill(`Token ${test.demoToken}`);
    await page.getByRole("button", { name: "Sign in" }).click();
    await heading(page, "Overview").waitFor();
    expect(page.url()).not.toContain("pct_");
    expect(await page.evaluate("localStorage.length + document.cookie.length")).toBe(0);
  });

  it("says what is wrong with a token that is not one, and with one that the server refuses", async () => {
    const page = await test.open("", { token: "pct_1234567890" });
    await page.getByText("The server does not accept the token").waitFor();
    await page.getByLabel("API token").first().fill("secret");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("An API token begins with pct_.").waitFor();
  });

  it("fits a phone, with the navigation behind a button", async () => {
    const page = await test.open("", { size: PHONE });
    await heading(page, "Overview").waitFor();
    await expectNoSidewaysScrolling(page);
    await page.getByRole("button", { name: "Open the navigation" }).click();
    await page.getByRole("link", { name: "Overview" }).waitFor();
    await expectAccessible(page);
  });

  it("offers the keyboard a way past the navigation first", async () => {
    const page = await test.open("");
    await heading(page, "Overview").waitFor();
    await page.keyboard.press("Tab");
    const link = page.getByRole("link", { name: "Skip to content" });
    await expect.poll(async () => (await link.boundingBox())?.y).toBeGreaterThan(0);
    await expectAccessible(page);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    const focused = page.getByRole("main").locator(":focus");
    expect(await focused.innerText()).toBe("Refresh");
    expect(page.url()).not.toContain("#");
  });

  it("sends no request to another host, and satisfies its content security policy", () => {
    expect(test.foreign).toEqual([]);
    expect(test.complaints.filter((text) => !text.includes("401"))).toEqual([]);
  });
});
