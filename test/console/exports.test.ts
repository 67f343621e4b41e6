import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConsoleTest, PHONE, expectAccessible } from "../support/console.js";

let test: ConsoleTest;

beforeAll(async () => {
  test = await ConsoleTest.start();
});

afterAll(async () => {
  await test.stop();
});

async function openDialog(page: Page) {
  await page.getByRole("button", { name: "Export" }).click();
  return page.getByRole("dialog", { name: "Export this list" });
}

describe("an export in the console", () => {
  it("saves every row that matches the filters of the page, not only the rows shown", async () => {
    const page = await test.open("/payments?status=SUCCEEDED");
    await page.getByText(/^\d+ in all$/).waitFor();
    const dialog = await openDialog(page);
    await dialog.getByText("Filters: Status: Succeeded.").waitFor();
    const planned = await dialog.getByText(/^Charges: \d+ rows\./).innerText();
    await dialog.getByText("Each amount is given twice:").waitFor();
    const saving = page.waitForEvent("download");
    await dialog.getByRole("button", { name: "Save the file" }).click();
    const download = await saving;
    expect(download.suggestedFilename()).toMatch(/^paymentCharges-\d{4}-\d{2}-\d{2}\.csv$/);
    const lines = (await readFile(await download.path(), "utf8")).trimEnd().split("\r\n");
    const { rows } = await test.server.database.pool.query<{ count: string }>(
      "select count(*) from payment_charges where status = 'SUCCEEDED'",
    );
    expect(lines[0]).toMatch(/^\ufeffid,/);
    expect(lines.length - 1).toBe(Number(rows[0]?.count));
    expect(planned).toContain(`Charges: ${String(lines.length - 1)} rows.`);
    expect(lines.at(-1)).toContain("SUCCEEDED");
    await dialog.getByText(`Saved ${String(lines.length - 1)} rows.`).waitFor();
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await expect
      .poll(() => page.evaluate("document.activeElement.textContent"))
      .toContain("Export");
  });

  it("saves nothing if the export was cut off, and says so", async () => {
    const page = await test.open("/payments");
    await page.route("**/export/**", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).slice(0, 5_000) });
    });
    const dialog = await openDialog(page);
    let downloads = 0;
    page.on("download", () => downloads++);
    await dialog.getByRole("button", { name: "Save the file" }).click();
    await dialog.getByText("The export was cut off, so nothing was saved.").waitFor();
    expect(downloads).toBe(0);
    await page.unroute("**/export/**");
    const saving = page.waitForEvent("download");
    await dialog.getByRole("button", { name: "Save the file" }).click();
    await saving;
  });

  it("is also NDJSON, and fits a phone", async () => {
    const page = await test.open("/pockets", { size: PHONE, isDark: true });
    const dialog = await openDialog(page);
    await dialog.getByLabel("NDJSON, for programs").check();
    const saving = page.waitForEvent("download");
    await dialog.getByRole("button", { name: "Save the file" }).click();
    const text = await readFile(await (await saving).path(), "utf8");
    const lines = text.trimEnd().split("\n");
    expect(JSON.parse(lines.at(-1) ?? "")).toHaveProperty("phoneNumber");
    await dialog.getByText(`Saved ${String(lines.length)} rows.`).waitFor();
    await expectAccessible(page);
  });
});
