import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEMO_GROUP_SLUG } from "../../src/demo/demo.js";
import {
  ConsoleTest,
  DESKTOP,
  PHONE,
  expectAccessible,
  expectNoSidewaysScrolling,
} from "../support/console.js";

const RENAMED = "کیف پول تازه";

let test: ConsoleTest;

beforeAll(async () => {
  test = await ConsoleTest.start();
  await test.server.ask(
    test.server.operatorToken,
    `mutation ($name: String) {
       updatePocketGroup(slug: "${DEMO_GROUP_SLUG}", input: { name: $name, maxChargeAmount: 900000 }) {
         userErrors { message }
       }
     }`,
    { name: RENAMED },
  );
});

afterAll(async () => {
  await test.stop();
});

async function openAudit(path = "", options: object = {}): Promise<Page> {
  const page = await test.open(`/audit${path}`, { token: test.server.operatorToken, ...options });
  await page.getByRole("heading", { level: 1, name: "Audit trail" }).waitFor();
  return page;
}

const rows = (page: Page) => page.getByRole("region", { name: "Audit trail" }).locator("tbody tr");

describe("the console's audit trail", () => {
  it("opens an entry to its changes, and links the record", async () => {
    const page = await openAudit();
    await page.getByRole("button", { name: "Update pocket group" }).click();
    const entry = page.getByRole("dialog");
    await entry.getByRole("row", { name: /^name/ }).waitFor();
    const change = await entry.getByRole("row", { name: /^name/ }).innerText();
    expect(change.split(/\s*\t\s*/)).toEqual(["name", "My pocket group", RENAMED]);
    const link = entry.getByRole("link", { name: RENAMED });
    expect(await link.getAttribute("href")).toBe(`/console/groups/${DEMO_GROUP_SLUG}`);
    await expectAccessible(page);
    await entry.getByRole("button", { name: "All changes of this record" }).click();
    await page.getByRole("button", { name: "Create pocket group", exact: true }).waitFor();
    expect(new URL(page.url()).searchParams.get("record")).toMatch(/^01988f7a-/);
    expect(await page.getByRole("dialog").count()).toBe(0);
  });

  it("shows hidden values as the API gives them, and says so", async () => {
    const page = await openAudit("?type=Employee");
    await page.getByRole("button", { name: "Create employee" }).click();
    await page.getByText("*** is a value that the audit trail hides").waitFor();
    expect(await page.getByRole("dialog").innerText()).not.toContain("Sara");
  });

  it("filters by type, actor, operation, merchant and token, and keeps the filters in the address", async () => {
    const page = await openAudit();
    await page.getByLabel("Operation contains").fill("pocket group");
    await page.getByLabel("Operation contains").press("Enter");
    await expect.poll(() => rows(page).count()).toBe(3);
    await page.getByRole("button", { name: "More filters" }).click();
    await page.getByLabel("Token begins with").fill(test.server.operatorToken);
    await page.getByLabel("Token begins with").press("Enter");
    await expect.poll(() => rows(page).count()).toBe(1);
    expect(page.url()).not.toContain(test.server.operatorToken);
    await page.reload();
    await expect.poll(() => rows(page).count()).toBe(1);
    await page.getByRole("button", { name: "Clear filters" }).click();
    await expect.poll(() => rows(page).count()).toBe(25);
    await page.getByLabel("Merchant’s name or id").fill("demo");
    await page.getByLabel("Merchant’s name or id").press("Enter");
    await expect.poll(() => page.url()).toContain("merchant=demo");
    await page.getByRole("cell", { name: "Demo merchant" }).first().waitFor();
    await page.getByLabel("Merchant’s name or id").fill("nobody");
    await page.getByLabel("Merchant’s name or id").press("Enter");
    await page.getByText("No change matches the filters.").waitFor();
  });

  it("filters by a request's id and by time", async () => {
    const page = await openAudit("?actor=OPERATOR&from=2020-01-01T00:00:00Z");
    await expect.poll(() => rows(page).count()).toBe(1);
    await page.getByRole("button", { name: "Update pocket group" }).click();
    await page.getByRole("button", { name: "All changes of this request" }).click();
    await expect.poll(() => page.url()).toContain("request=");
    await expect.poll(() => rows(page).count()).toBe(1);
    const before = await openAudit("?to=2020-01-01T00:00:00Z");
    await before.getByText("No change matches the filters.").waitFor();
  });

  it("is not offered to a merchant", async () => {
    const page = await test.open("/audit");
    await page.getByText("There is no such page").waitFor();
    expect(await page.getByRole("link", { name: "Audit trail" }).count()).toBe(0);
  });
});

describe.each([DESKTOP, PHONE])("the audit trail at a width of $width pixels", (size) => {
  it.each([false, true])("is accessible and fits (dark: %s)", async (isDark) => {
    const page = await openAudit("", { size, isDark });
    await rows(page).first().waitFor();
    await expectNoSidewaysScrolling(page);
    await expectAccessible(page);
    await page.getByRole("button", { name: "Update pocket group" }).click();
    await page.getByRole("row", { name: /^name/ }).waitFor();
    await expectNoSidewaysScrolling(page);
    await expectAccessible(page);
  });
});

it("has no fault that only the browser's console reports", () => {
  expect(test.complaints).toEqual([]);
});
