import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MERCHANT_SCOPES } from "../../src/callers/api-scope.js";
import { DEMO_GROUP_SLUG } from "../../src/demo/demo.js";
import { instantOf } from "../../src/shared/instant.js";
import { newId } from "../../src/shared/uuid.js";
import {
  ConsoleTest,
  DESKTOP,
  PHONE,
  expectAccessible,
  expectNoSidewaysScrolling,
} from "../support/console.js";

const ZONE = "Asia/Tehran";
/** Later today in Tehran than in UTC: half past midnight in Tehran is still the day before in UTC. */
const AFTER_MIDNIGHT = "00:30:00+03:30";
const NUMBER = "989121110099";

let test: ConsoleTest;
let merchantId: string;

beforeAll(async () => {
  test = await ConsoleTest.start();
  const viewer = await test.server.ask<{ viewer: { merchant: { id: string } } }>(
    test.demoToken,
    "{ viewer { merchant { id } } }",
  );
  merchantId = viewer.viewer.merchant.id;
  const caller = { tokenId: "", merchantId, employeeId: null, scopes: MERCHANT_SCOPES };
  const at = instantOf(new Date(`${dayInTehran(2)}T${AFTER_MIDNIGHT}`));
  const { chargePockets } = test.server.app.services.pocketsAt(at);
  const charge = { token: newId(), phoneNumber: NUMBER, amount: 777_700 };
  await chargePockets.charge(caller, DEMO_GROUP_SLUG, [charge]);
});

afterAll(async () => {
  await test.stop();
});

/** @returns the day in Tehran, such as `2026-11-29`. */
function dayInTehran(daysAgo: number): string {
  const instant = new Date(Date.now() - daysAgo * 86_400_000);
  return new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, dateStyle: "short" }).format(instant);
}

/** The day's name in the tables of a British viewer. */
function nameOf(day: string): string {
  const options = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" } as const;
  return new Date(day).toLocaleDateString("en-GB", options);
}

/** The amount as the console shows it, with plain spaces. */
function money(minorUnits: bigint | number, currency: string): string {
  const format = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return `${currency} ${(Number(minorUnits) / 100).toLocaleString("en-GB", format)}`;
}

async function textsOf(locator: Locator): Promise<string[]> {
  const texts = await locator.allInnerTexts();
  return texts.map((text) => text.replace(/[\u00a0\u202f]/g, " ").trim());
}

/** The texts of the cells of a table, by row. */
async function rowsOf(page: Page, label: string): Promise<string[][]> {
  const rows = page.getByRole("region", { name: label, exact: true }).locator("tbody tr");
  await rows.first().waitFor();
  return Promise.all((await rows.all()).map((row) => textsOf(row.locator("th, td"))));
}

/** The sum and the count of the entries of a kind in a range of the demo's group, by PostgreSQL's own calendar. */
async function sumOf(kind: string, sinceDay: string): Promise<{ sum: bigint; count: number }> {
  const { rows } = await test.server.database.pool.query<{ sum: string; count: string }>(
    `select coalesce(sum(abs(amount)), 0) as sum, count(*) as count from pocket_ledger
     where kind = $1 and created_at >= $2::timestamp at time zone $3`,
    [kind, sinceDay, ZONE],
  );
  return { sum: BigInt(rows[0]?.sum ?? 0), count: Number(rows[0]?.count) };
}

function totals(page: Page): Locator {
  return page.locator("dl").first();
}

async function chargeElsewhere(amount: number): Promise<void> {
  await test.server.ask(
    test.demoToken,
    `mutation ($token: String!, $amount: Amount!) {
       chargePockets(input: { pocketGroupSlug: "${DEMO_GROUP_SLUG}",
         charges: [{ token: $token, phoneNumber: "${NUMBER}", amount: $amount }] }) {
         results { status }
       }
     }`,
    { token: newId(), amount },
  );
}

describe("the console's overview", () => {
  it("shows the totals of a range that begins at midnight in the viewer's zone", async () => {
    const page = await test.open("?range=12m");
    await totals(page).waitFor();
    const [year = 0, month = 0] = dayInTehran(0).split("-").map(Number);
    const first = new Date(Date.UTC(year, month - 12, 1)).toISOString().slice(0, 10);
    const charged = await sumOf("CHARGE", first);
    const debited = await sumOf("DEBIT", first);
    const [text = ""] = await textsOf(totals(page));
    expect(text).toContain(`Charged\n${money(charged.sum, "IRR")}`);
    expect(text).toContain(`${String(charged.count)} entries`);
    expect(text).toContain(`Spent\n${money(debited.sum, "IRR")}`);
    expect(charged.sum).toBeGreaterThan(777_700n);
  });

  it("counts an entry of half past midnight in Tehran to that day, and not to the day before as in UTC", async () => {
    const page = await test.open("?range=7d&view=table");
    const rows = await rowsOf(page, "Charged, spent and reversed");
    expect(rows.map(([day]) => day)).toEqual(
      [6, 5, 4, 3, 2, 1, 0].map((daysAgo) => nameOf(dayInTehran(daysAgo))),
    );
    const withEntry = rows.filter(([, charged = ""]) => chargedOf(charged) >= 7777);
    expect(withEntry.map(([day]) => day)).toEqual([nameOf(dayInTehran(2))]);
  });

  it("shows the payments by status as the API counts them", async () => {
    const page = await test.open("?range=12m");
    const rows = await rowsOf(page, "Payments by status");
    const { rows: found } = await test.server.database.pool.query<{ count: string }>(
      "select count(*) as count from payment_charges where created_at >= now() - interval '330 days'",
    );
    const counted = rows
      .filter(([kind]) => kind === "Charge")
      .reduce((total, [, , count]) => total + Number(count), 0);
    expect(counted).toBeGreaterThanOrEqual(Number(found[0]?.count));
    const succeeded = rows.find(([kind, status]) => kind === "Charge" && status === "Succeeded");
    const paid = await textsOf(page.locator("dl").nth(1));
    expect(paid[0]).toContain(succeeded?.[3]);
  });

  it("keeps the range, the unit and the view in the address, and explains a range that is wrong", async () => {
    const page = await test.open("");
    await totals(page).waitFor();
    await page.getByText("12 months").click();
    await page.getByText("By month").waitFor();
    await page.getByRole("switch", { name: "Show as table" }).check();
    await page.getByRole("columnheader", { name: "Month" }).first().waitFor();
    expect(new URL(page.url()).searchParams.get("range")).toBe("12m");
    await page.reload();
    await page.getByRole("columnheader", { name: "Month" }).first().waitFor();
    await page.getByText("Custom").click();
    await page.getByLabel("Last day").fill("2020-01-01");
    await page.getByText("The last day must not be before the first day.").waitFor();
  });

  it("means the same 30 days as a pocket's page, and begins this month with its first day", async () => {
    const page = await test.open("?range=30d&view=table");
    const firstDay = async () => {
      const rows = await rowsOf(page, "Charged, spent and reversed");
      return rows[0]?.[0];
    };
    expect(await firstDay()).toBe(nameOf(dayInTehran(29)));
    await page.getByText("This month").click();
    await expect.poll(firstDay).toBe(nameOf(`${dayInTehran(0).slice(0, 8)}01`));
    const pocket = await test.open(`/pockets/${DEMO_GROUP_SLUG}/${NUMBER}`);
    const from = pocket.getByLabel("From", { exact: true });
    expect(await from.inputValue()).toBe(dayInTehran(29));
  });

  it("shows the figures under the pointer", async () => {
    const page = await test.open("?range=12m");
    const chart = page.getByRole("img", { name: /^Chart of charged/ });
    await chart.waitFor();
    await chart.hover();
    await page.getByText(/: charged IRR/).waitFor();
  });
});

/** The whole units of an amount such as `IRR 7,777.00`. */
function chargedOf(text: string): number {
  return Number(text.replace(/[^\d.]/g, ""));
}

describe("what the overview offers", () => {
  it("explains to a new merchant what is not there yet", async () => {
    const { token } = await test.server.createMerchant("بازرگان تازه");
    const page = await test.open("", { token });
    await page.getByText("No pockets yet").waitFor();
    await page.getByText("No payments in this range").waitFor();
    await page.getByText("No events yet.").waitFor();
    await expectAccessible(page);
  });

  it("leaves out what the token may not read", async () => {
    const token = await test.server.createToken({ merchantId, scopes: ["PAYMENTS_READ"] });
    const page = await test.open("?range=12m", { token });
    await page.getByRole("heading", { name: "Payments by status" }).waitFor();
    expect(await page.getByRole("heading", { name: "Pockets" }).count()).toBe(0);
    const other = await test.server.createToken({ merchantId, scopes: ["POCKETS_READ"] });
    const pockets = await test.open("?range=12m", { token: other });
    await pockets.getByRole("heading", { name: "Liability by pocket group" }).waitFor();
    expect(await pockets.getByRole("heading", { name: "Payments", exact: true }).count()).toBe(0);
  });

  it("shows an operator the liability, the merchants and the events of all, one currency at a time", async () => {
    const merchant = await test.server.createMerchant("فروشگاه دیگر");
    const slug = await test.server.createGroup(
      { slug: "dollars", name: "Dollars", currency: "USD", phoneNumberRegion: null },
      merchant,
    );
    await test.server.ask(
      merchant.token,
      `mutation { chargePockets(input: { pocketGroupSlug: "${slug}",
         charges: [{ token: "${newId()}", phoneNumber: "+14155550100", amount: 4200 }] }) {
         results { status } } }`,
    );
    const page = await test.open("?range=12m&view=table", { token: test.server.operatorToken });
    await page.getByRole("combobox", { name: "Pockets of" }).selectOption("dollars");
    await page.getByRole("heading", { name: "Top merchants, USD" }).waitFor();
    await page.getByRole("link", { name: "فروشگاه دیگر" }).waitFor();
    const liability = await rowsOf(page, "Liability");
    expect(liability.at(-1)?.[1]).toBe("USD 42.00");
    expect(liability.at(-2)?.[1]).toBe("USD 0.00");
    const groups = await rowsOf(page, "Liability by pocket group");
    expect(groups.map((cells) => cells.at(0)).sort()).toEqual(["Dollars", "My pocket group"]);
    await page.getByText("USD 42.00 was charged to").waitFor();
    expect(await page.getByRole("heading", { name: "Payments", exact: true }).count()).toBe(0);
    await expectAccessible(page);
  });
});

describe("the live feed", () => {
  it("shows a charge that is made elsewhere, with a link to the pocket", async () => {
    const page = await test.open("");
    await page.getByText("Following").waitFor();
    await chargeElsewhere(123_400);
    const event = page.getByRole("listitem").filter({ hasText: "IRR 1,234.00 was charged to" });
    await event.waitFor();
    const href = await event.getByRole("link").getAttribute("href");
    expect(href).toBe(`/console/pockets/${DEMO_GROUP_SLUG}/${NUMBER}`);
  });

  it("waits while it is paused, and then catches up", async () => {
    const page = await test.open("");
    await page.getByText("Following").waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    await chargeElsewhere(222_200);
    await page.getByText("Paused").waitFor();
    expect(await page.getByText("IRR 2,222.00 was charged to").count()).toBe(0);
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByText("IRR 2,222.00 was charged to").waitFor();
  });

  it("says that the server is away, and shows each event once after it is back", async () => {
    const { page, line } = await test.openThroughLine("");
    await page.getByText("Following").waitFor();
    await line.close();
    await page.getByText("Server away, connecting again").waitFor();
    await chargeElsewhere(333_300);
    await line.restore();
    const event = page.getByText("IRR 3,333.00 was charged to");
    await event.waitFor();
    await page.getByText("Following").waitFor();
    await chargeElsewhere(444_400);
    await page.getByText("IRR 4,444.00 was charged to").waitFor();
    expect(await event.count()).toBe(1);
    await line.close();
  });
});

describe.each([DESKTOP, PHONE])("the overview at a width of $width pixels", (size) => {
  it.each([false, true])(
    "is accessible and fits, as charts and as tables (dark: %s)",
    async (isDark) => {
      const page = await test.open("?range=30d", { size, isDark });
      await page.getByRole("img", { name: /^Chart of paid/ }).waitFor();
      await page.getByRole("list", { name: "Last events" }).waitFor();
      await page.getByRole("cell", { name: "IRR" }).first().waitFor();
      await expectNoSidewaysScrolling(page);
      await expectAccessible(page);
      await page.getByRole("switch", { name: "Show as table" }).check();
      await page.getByRole("columnheader", { name: "Day" }).first().waitFor();
      await expectNoSidewaysScrolling(page);
      await expectAccessible(page);
    },
  );
});

it("has no fault that only the browser's console reports", () => {
  const unexpected = test.complaints.filter((text) => !text.startsWith("Failed to load resource"));
  expect(unexpected).toEqual([]);
});
