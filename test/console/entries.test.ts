import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConsoleTest } from "../support/console.js";
import { expectGoodLooks } from "../support/console-shots.js";
import { charge, chargePockets, newPhoneNumber } from "../support/pockets.js";
import { newId } from "../../src/shared/uuid.js";
import type { TestMerchant } from "../support/server.js";
import { spend } from "../support/spending.js";

const phoneNumber = newPhoneNumber();
const other = newPhoneNumber();
const CHARGE = charge({ phoneNumber, reference: "فاکتور ۱۲" });

let test: ConsoleTest;
let merchant: TestMerchant;
/** A group in dollars, where 10,000 is 100.00. */
let slug: string;

beforeAll(async () => {
  test = await ConsoleTest.start();
  merchant = await test.server.createMerchant("فروشگاه آزمایشی");
  slug = await test.server.createGroup({ name: "کیف پول", currency: "USD" }, merchant);
  await chargePockets(test.server, merchant.token, slug, [CHARGE, charge({ phoneNumber: other })]);
  const debit = { token: newId(), phoneNumber, amount: 2_500 };
  await spend(test.server, merchant.token, "debitPockets", slug, [debit]);
});

afterAll(async () => {
  await test.stop();
});

const open = (path: string): Promise<Page> => test.open(path, { token: merchant.token });
const rows = (page: Page) =>
  page.getByRole("region", { name: "Entries, table" }).locator("tbody tr");
const total = (page: Page, count: number) => page.getByText(`${String(count)} in all`).waitFor();

describe("the page of entries", () => {
  it("lists the entries of all pockets, the newest first, and opens the pocket of one", async () => {
    const page = await open("");
    await page.getByRole("link", { name: "Entries" }).click();
    await total(page, 3);
    expect(await rows(page).first().innerText()).toMatch(/Debit[^]*-USD\s25\.00[^]*USD\s75\.00/);
    await rows(page).filter({ hasText: "فاکتور ۱۲" }).getByRole("link").click();
    await page.getByRole("heading", { level: 1, name: phoneNumber }).waitFor();
    const found = page.getByRole("region", { name: "With this token" });
    await found.getByText(CHARGE.token).waitFor();
  });

  it("filters by what the address says, and amounts without their sign", async () => {
    const page = await open(`/entries?kind=DEBIT&amountFrom=25&amountTo=25`);
    await total(page, 1);
    await page.getByLabel("Amount from").fill("25.01");
    await page.getByText("No entry matches the filters.").waitFor();
    await page.getByRole("button", { name: "Clear filters" }).click();
    await total(page, 3);
    await page.getByLabel("Phone number").fill(`+${phoneNumber}`);
    await total(page, 2);
    await page.getByLabel("Reference").fill("فاکتور");
    await total(page, 1);
    expect(new URL(page.url()).searchParams.get("phone")).toBe(`+${phoneNumber}`);
  });

  it("takes no amount while groups of several currencies are listed", async () => {
    const second = await test.server.createMerchant("دو ارز");
    await test.server.createGroup({ currency: "IRR" }, second);
    const dollars = await test.server.createGroup({ currency: "USD" }, second);
    const page = await test.open("/entries", { token: second.token });
    expect(await page.getByLabel("Amount from").isDisabled()).toBe(true);
    await page.goto(`${test.origin}/console/entries?group=${dollars}`);
    expect(await page.getByLabel("Amount from").isEnabled()).toBe(true);
  });

  it("saves the entries of one pocket, which its page leads to", async () => {
    const page = await open(`/pockets/${slug}/${phoneNumber}`);
    await page.getByRole("link", { name: "All entries of this pocket" }).click();
    await total(page, 2);
    await page.getByRole("button", { name: "Export" }).click();
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save the file" }).click();
    const lines = (await readFile(await (await saving).path(), "utf8")).trimEnd().split("\r\n");
    expect(lines).toHaveLength(3);
    expect(lines.slice(1).every((line) => line.includes(phoneNumber))).toBe(true);
  });

  it("takes a day without a time as a whole day, and says what is missing of one", async () => {
    const page = await open("/entries");
    const day = page.getByLabel("Created to", { exact: true });
    await day.fill("2026-01-31");
    await page.waitForURL(/to=2026-01-31T20%3A30/);
    expect(await day.inputValue()).toBe("2026-01-31");
    await page.getByLabel("Created to, time (optional)").fill("12:00");
    await page.waitForURL(/to=2026-01-31T08%3A30/);
    await page.getByLabel("Created from", { exact: true }).pressSequentially("01");
    expect(await page.getByText("Enter a whole day.").count()).toBe(0);
    await page.getByLabel("Reference").click();
    await page.getByText("Enter a whole day. The time is optional.").waitFor();
  });

  it("aligns the headings of numbers like the numbers", async () => {
    const page = await open("/entries");
    await total(page, 3);
    const alignment = "getComputedStyle(document.querySelector('th.number')).textAlign";
    expect(await page.evaluate(alignment)).toBe("end");
  });

  it("is accessible in both widths and colors", async () => {
    await expectGoodLooks(test, "/entries", (page) => total(page, 3), {
      token: merchant.token,
      name: "entries",
    });
  });
});
