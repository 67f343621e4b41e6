import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectGoodLooks } from "../support/console-shots.js";
import { ConsoleTest, expectAccessible } from "../support/console.js";

let test: ConsoleTest;

beforeAll(async () => {
  test = await ConsoleTest.start();
});

afterAll(async () => {
  await test.stop();
});

const FILE = [
  "phone_number,amount,reference",
  "989121110001,10000,first",
  "۰۹۱۲۱۱۱۰۰۰۲,۲۰۰۰۰,Persian digits",
  "12345,500,no number",
  "989121110003,12.50,no whole number",
  "",
].join("\n");

async function choose(page: Page, content: string, name = "charges.csv"): Promise<void> {
  await page.getByRole("heading", { level: 1, name: "Import" }).waitFor();
  const input = page.locator('input[type="file"]');
  await input.setInputFiles({ name, mimeType: "text/csv", buffer: Buffer.from(content) });
}

async function check(page: Page, content: string): Promise<void> {
  await choose(page, content);
  await page.getByRole("button", { name: "Check the file" }).click();
  await page.getByRole("heading", { name: "What the import would do" }).waitFor();
}

async function rowsOf(name: string): Promise<number> {
  const { rows } = await test.server.database.pool.query<{ count: string }>(
    "select count(*) from pocket_ledger where reference = $1",
    [name],
  );
  return Number(rows[0]?.count);
}

describe("an import in the console", () => {
  it("is checked first, which changes nothing and says why rows are refused", async () => {
    const page = await test.open("/import");
    await check(page, FILE.replaceAll("first", "checked"));
    await page.getByText("Would be charged: 2 rows").waitFor();
    await page.getByText("Refused: 2 rows").waitFor();
    const reasons = page.getByRole("region", { name: "Refused rows" });
    await reasons.getByText("Write it in the minor unit").waitFor();
    await expectAccessible(page);
    expect(await rowsOf("checked")).toBe(0);
  });

  it("charges each row once, also if the same file is sent again, and saves the refused rows", async () => {
    const page = await test.open("/import");
    await check(page, FILE);
    await page.getByRole("button", { name: "Charge the pockets of this file" }).dblclick();
    await page.getByRole("heading", { name: "The import is finished" }).waitFor();
    await page.getByText("Charged: 2 rows, IRR").waitFor();
    expect(await rowsOf("first")).toBe(1);
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save the refused rows" }).click();
    const saved = await readFile(await (await saving).path(), "utf8");
    expect(saved.split("\r\n")[0]).toBe(
      "\ufeffphone_number,amount,reference,token,line,row,status,code,message",
    );

    await check(page, FILE);
    await page.getByText("This file was imported before").waitFor();
    await page.getByText("Nothing is left to do").waitFor();
    const charge = page.getByRole("button", { name: "Charge the pockets of this file" });
    expect(await charge.isDisabled()).toBe(true);
    await page.getByLabel("Do the whole file again").fill("on purpose");
    expect(await charge.isEnabled()).toBe(true);

    const repaired = saved.replace("12345", "989121110004").replace("12.50", "1250");
    await check(page, repaired);
    await page.getByRole("button", { name: "Charge the pockets of this file" }).click();
    await page.getByText("Charged: 2 rows, IRR").waitFor();
    expect(await rowsOf("no number")).toBe(1);
  });

  it("asks before it charges the rows of an edited copy again", async () => {
    const page = await test.open("/import");
    const rows = ["989121110005,70.00,copied", "989121110006,70.00,copied"];
    const fileOf = (...more: string[]) =>
      ["phone_number,amount_decimal,reference", ...rows, ...more].join("\n");
    const charge = page.getByRole("button", { name: "Charge the pockets of this file" });
    await check(page, fileOf());
    await charge.click();
    await page.getByText("Charged: 2 rows, IRR 140.00").waitFor();
    await check(page, fileOf("989121110001,1,added"));
    await page.getByText("2 rows may be done twice").waitFor();
    expect(await charge.isDisabled()).toBe(true);
    await page.getByLabel("Charge them again").check();
    await charge.click();
    await page.getByText("Charged: 3 rows, IRR 141.00").waitFor();
  });

  it("says what is wrong with a file that cannot be read", async () => {
    const page = await test.open("/import");
    await choose(page, "phone,sum\n1,2\n");
    await page.getByRole("button", { name: "Check the file" }).click();
    await page.getByRole("alert").getByText("phone_number").first().waitFor();
  });

  it("continues where it was after a lost connection", async () => {
    const page = await test.open("/import");
    const content = FILE.replaceAll("first", "cut off");
    await check(page, content);
    // Another test has charged a row with the same values.
    await page.getByLabel("Charge them again").check();
    await page.route("**/import/**", async (route) => {
      await route.fetch();
      await route.abort();
    });
    await page.getByRole("button", { name: "Charge the pockets of this file" }).click();
    await page.getByRole("heading", { name: "The import did not finish" }).waitFor();
    await page.unroute("**/import/**");
    await page.getByRole("button", { name: "Continue the import" }).click();
    await page.getByText("Done before, and not again: 2 rows").waitFor();
    expect(await rowsOf("cut off")).toBe(1);
  });

  it("is accessible and fits a phone, in light and dark", async () => {
    await expectGoodLooks(test, "/import", (page) => check(page, FILE));
  });

  it("is not offered to a token that may not charge", async () => {
    const { id } = await test.server.createMerchant();
    const token = await test.server.createToken({ merchantId: id, scopes: ["POCKETS_READ"] });
    const page = await test.open("/import", { token });
    await page.getByText("There is no such page").waitFor();
    expect(await page.getByRole("link", { name: "Import" }).count()).toBe(0);
  });
});
