import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  demoPhoneNumber,
  demoPocketChargeToken,
  demoPocketHoldToken,
} from "../../src/demo/demo-pockets.js";
import { newId } from "../../src/shared/uuid.js";
import {
  ConsoleTest,
  DESKTOP,
  PHONE,
  expectAccessible,
  expectNoSidewaysScrolling,
} from "../support/console.js";
import { charge, chargePockets, newPhoneNumber } from "../support/pockets.js";
import type { TestMerchant } from "../support/server.js";
import { spend } from "../support/spending.js";

const NAME = "فروشگاه آزمایشی";

let test: ConsoleTest;
let merchant: TestMerchant;
/** A group in dollars, where 10,000 is 100.00. */
let slug: string;

beforeAll(async () => {
  test = await ConsoleTest.start();
  merchant = await test.server.createMerchant(NAME);
  slug = await test.server.createGroup(
    { name: "کیف پول", currency: "USD", maxDebitAmount: 50_000 },
    merchant,
  );
});

afterAll(async () => {
  await test.stop();
});

interface Entries {
  readonly pocket: {
    readonly balance: number;
    readonly available: number;
    readonly freezeScope: string;
    readonly pocketEntries: { readonly nodes: readonly { amount: number; note: string | null }[] };
    readonly pocketHolds: { readonly nodes: readonly { status: string; capturedAmount: number }[] };
  };
}

async function stored(phoneNumber: string): Promise<Entries["pocket"]> {
  const query = `query ($slug: String!, $number: String!) {
    pocket(pocketGroupSlug: $slug, phoneNumber: $number) {
      balance available freezeScope
      pocketEntries { nodes { amount note } }
      pocketHolds { nodes { status capturedAmount } }
    }
  }`;
  const data = await test.server.ask<Entries>(merchant.token, query, { slug, number: phoneNumber });
  return data.pocket;
}

/** A new pocket with 100.00. @returns its number. */
async function newPocket(): Promise<string> {
  const phoneNumber = newPhoneNumber();
  await chargePockets(test.server, merchant.token, slug, [charge({ phoneNumber })]);
  return phoneNumber;
}

type OpenOptions = NonNullable<Parameters<ConsoleTest["open"]>[1]>;

async function openPocket(phoneNumber: string, options: OpenOptions = {}): Promise<Page> {
  const page = await test.open(`/pockets/${slug}/${phoneNumber}`, {
    token: merchant.token,
    ...options,
  });
  await heading(page, phoneNumber).waitFor();
  return page;
}

const heading = (page: Page, name: string) => page.getByRole("heading", { level: 1, name });
const dialog = (page: Page) => page.getByRole("dialog");
const status = (page: Page) => page.getByRole("main").getByRole("status");
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

/** Opens an action of the page, and fills in its amount. */
async function begin(page: Page, action: string, amount?: string): Promise<void> {
  await button(page, action).first().click();
  if (amount !== undefined) await dialog(page).getByLabel("Amount").fill(amount);
}

/** Confirms the open action, and waits until the page shows what it did. */
async function confirm(page: Page, action: string): Promise<void> {
  await dialog(page).getByRole("button", { name: action, exact: true }).click();
  await dialog(page).waitFor({ state: "detached" });
}

/** Loses the response to the first request with an operation, after the server has done it. */
async function loseResponse(page: Page, operation: string): Promise<void> {
  let isLost = false;
  await page.route("**/graphql", async (route) => {
    if (isLost || !(route.request().postData() ?? "").includes(operation)) {
      await route.continue();
      return;
    }
    isLost = true;
    await route.fetch();
    await route.abort();
  });
}

describe("finding a pocket", () => {
  it.each([
    "09121110001",
    "+98 912 111 0001",
    "00989121110001",
    "(0912) 111-0001",
    "۰۹۱۲ ۱۱۱ ۰۰۰۱",
  ])("opens the pocket of a number written as %s", async (text) => {
    const page = await test.open("/pockets");
    await page.getByLabel("Phone number or token").fill(text);
    await button(page, "Find").click();
    await heading(page, demoPhoneNumber(0)).waitFor();
  });

  it("opens the pocket of a charge's or a hold's token, and shows that entry", async () => {
    const page = await test.open("/pockets");
    for (const [token, what] of [
      [demoPocketChargeToken(1), "Charge"],
      [demoPocketHoldToken(1), "Hold"],
    ] as const) {
      await page.getByLabel("Phone number or token").fill(token.toUpperCase());
      await button(page, "Find").click();
      await heading(page, demoPhoneNumber(1)).waitFor();
      const found = page.getByRole("region", { name: "With this token" });
      await found.getByText(what, { exact: true }).waitFor();
      await found.getByText(token).waitFor();
      await page.goBack();
    }
  });

  it("says that nothing has a token, and what a number could be", async () => {
    const page = await test.open("/pockets");
    await page.getByLabel("Phone number or token").fill(newId());
    await button(page, "Find").click();
    await page.getByText("Nothing in My pocket group has this token").waitFor();
    await page.getByLabel("Phone number or token").fill("not a number");
    await button(page, "Find").click();
    await page.getByText("This is neither a phone number nor a token").waitFor();
    await expectAccessible(page);
  });

  it("names the group that a number or a token is in, if another one was chosen", async () => {
    const other = await test.server.createGroup({ name: "Another group" }, merchant);
    const phoneNumber = newPhoneNumber();
    const sent = charge({ phoneNumber });
    await chargePockets(test.server, merchant.token, slug, [sent]);
    for (const text of [phoneNumber, sent.token]) {
      const page = await test.open(`/pockets?group=${other}&search=${text}`, {
        token: merchant.token,
      });
      await page.getByRole("link", { name: phoneNumber }).click();
      await heading(page, phoneNumber).waitFor();
    }
  });

  it("creates the pocket of a number without one by its first charge", async () => {
    const phoneNumber = newPhoneNumber();
    const page = await test.open(`/pockets?group=${slug}&search=%2B${phoneNumber}`, {
      token: merchant.token,
    });
    await page.getByText("Check the number first.").waitFor();
    await button(page, "Charge (top up) this number").click();
    await dialog(page).getByLabel("Amount").fill("۱۲٫۵");
    await dialog(page).getByText("Adds USD 12.50 to the balance of").waitFor();
    await confirm(page, "Charge");
    await heading(page, phoneNumber).waitFor();
    await status(page).getByText("Charged USD 12.50.").waitFor();
    expect(await stored(phoneNumber)).toMatchObject({ balance: 1_250 });
    await page.reload();
    await heading(page, phoneNumber).waitFor();
    expect(await status(page).getByText("Charged").count()).toBe(0);
  });

  it("refuses a new charge at the field of its phone number", async () => {
    const page = await test.open(`/pockets?group=${slug}`, { token: merchant.token });
    await button(page, "New charge (top up)").click();
    await dialog(page).getByLabel("Phone number").fill("12345");
    await dialog(page).getByLabel("Amount").fill("1");
    await button(page, "Charge").click();
    await dialog(page).getByText("The phone number must be").waitFor();
    await expectAccessible(page);
  });

  it("lists the pockets of a group by what the address says", async () => {
    const page = await test.open(`/pockets?group=${slug}&min=1000000&sort=BALANCE.asc`, {
      token: merchant.token,
    });
    await page.getByText("No pocket of the group matches.").waitFor();
    await page.getByLabel("Show", { exact: true }).selectOption("Frozen pockets");
    await page.getByLabel("Balance from").fill("");
    await page.getByText("No pocket of the group is frozen.").waitFor();
    await page.getByLabel("Show", { exact: true }).selectOption("All pockets");
    const phoneNumber = await newPocket();
    await page.getByLabel("Balance from").fill("100");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: phoneNumber }).waitFor();
    expect(page.url()).toMatch(/[?&]min=100(&|$)/);
  });
});

describe("the actions of a pocket", () => {
  it("charges, debits and holds, and says beforehand what will be available", async () => {
    const phoneNumber = await newPocket();
    const page = await openPocket(phoneNumber);
    await begin(page, "Charge (top up)", "20.5");
    await dialog(page).getByText("Balance afterwards: USD 120.50").waitFor();
    await dialog(page).getByLabel("Note").fill("یادداشت");
    await confirm(page, "Charge");
    await begin(page, "Debit", "30");
    await dialog(page).getByText("Available afterwards: USD 90.50").waitFor();
    await confirm(page, "Debit");
    await begin(page, "Hold", "40");
    await dialog(page).getByText("Available afterwards: USD 50.50").waitFor();
    await confirm(page, "Hold");
    await page.getByText("Held USD 40.00.").waitFor();
    expect(await stored(phoneNumber)).toMatchObject({ balance: 9_050, available: 5_050 });
    expect(await page.locator("dl").first().innerText()).toMatch(/90\.50[^]*50\.50[^]*40\.00/);
    await page.getByText("یادداشت").waitFor();
  });

  it("captures a part of a hold, and releases the rest", async () => {
    const phoneNumber = await newPocket();
    const hold = { token: newId(), phoneNumber, amount: 4_000 };
    await spend(test.server, merchant.token, "holdPockets", slug, [hold]);
    const page = await openPocket(phoneNumber);
    await begin(page, "Capture", "15");
    await dialog(page).getByLabel("Release the rest of the hold").uncheck();
    await dialog(page).getByText("USD 25.00, stays held").waitFor();
    await confirm(page, "Capture");
    await status(page).getByText("Captured USD 15.00. USD 25.00 stays held.").waitFor();
    await begin(page, "Release");
    await dialog(page)
      .getByText(`token ending in ${hold.token.slice(-8)}`)
      .waitFor();
    await dialog(page).getByText("Available afterwards: USD 85.00").waitFor();
    await confirm(page, "Release");
    await page.getByRole("heading", { name: "Open holds" }).waitFor({ state: "detached" });
    const { balance, available, pocketHolds } = await stored(phoneNumber);
    expect({ balance, available }).toEqual({ balance: 8_500, available: 8_500 });
    expect(pocketHolds.nodes).toEqual([{ status: "RELEASED", capturedAmount: 1_500 }]);
  });

  it("names the hold of a capture, and says what is free again after it", async () => {
    const phoneNumber = await newPocket();
    const hold = { token: newId(), phoneNumber, amount: 4_000, reference: "رزرو ۷۷" };
    await spend(test.server, merchant.token, "holdPockets", slug, [hold]);
    const page = await openPocket(phoneNumber);
    await begin(page, "Capture", "40.01");
    await page.getByRole("heading", { name: `Capture a hold of ${phoneNumber}` }).waitFor();
    const named = await dialog(page).getByText("Captures the hold of USD 40.00 on").innerText();
    expect(named).toContain("رزرو ۷۷");
    await dialog(page).getByText("Only USD 40.00 is left of the hold.").waitFor();
    expect(await dialog(page).getByRole("button", { name: "Capture" }).isDisabled()).toBe(true);
    await dialog(page).getByLabel("Amount").fill("30");
    await confirm(page, "Capture");
    await status(page).getByText("Captured USD 30.00. USD 10.00 is free again.").waitFor();
  });

  it("confirms with a second Enter, after the first one in a field moved to the button", async () => {
    const phoneNumber = await newPocket();
    const page = await openPocket(phoneNumber);
    await begin(page, "Debit", "10");
    await page.keyboard.press("Enter");
    await dialog(page).locator("button:focus").getByText("Debit").waitFor();
    expect(await stored(phoneNumber)).toMatchObject({ balance: 10_000 });
    await page.keyboard.press("Enter");
    await status(page).getByText("Debited USD 10.00.").waitFor();
    expect(await stored(phoneNumber)).toMatchObject({ balance: 9_000 });
  });

  it("refuses to reverse more than is left of an entry, or is available, before it asks the server", async () => {
    const phoneNumber = await newPocket();
    const page = await openPocket(phoneNumber);
    await begin(page, "Reverse", "100.01");
    await dialog(page).getByText("Only USD 100.00 is left to reverse.").waitFor();
    await dialog(page).getByText("Fill in the form to see what will happen.").waitFor();
    expect(await dialog(page).getByRole("button", { name: "Reverse" }).isDisabled()).toBe(true);
    await page.keyboard.press("Escape");
    await begin(page, "Debit", "30");
    await confirm(page, "Debit");
    await button(page, "Reverse").last().click();
    await dialog(page).getByText("Only USD 70.00 is available.").waitFor();
  });

  it("moves to what was done, and to the entry of a link", async () => {
    const phoneNumber = await newPocket();
    const page = await openPocket(phoneNumber, { size: PHONE });
    await begin(page, "Reverse", "60");
    await confirm(page, "Reverse");
    await expectRevealed(page, "Reversed USD 60.00");
    await page.getByRole("link", { name: "charge of USD 100.00" }).click();
    await expectRevealed(page, "With this token");
  });

  it("reverses a part of an entry with a reason, and then the rest", async () => {
    const phoneNumber = await newPocket();
    const page = await openPocket(phoneNumber);
    await begin(page, "Reverse", "60");
    await dialog(page).getByLabel("Reason").fill("Charged too much");
    await dialog(page).getByText("Balance afterwards: USD 40.00").waitFor();
    await confirm(page, "Reverse");
    await status(page).getByText("Reversed USD 60.00 of the charge of USD 100.00").waitFor();
    await page.getByText("Charged too much").waitFor();
    await page.getByRole("link", { name: "charge of USD 100.00" }).click();
    await page.getByRole("region", { name: "With this token" }).getByText("Taken back").waitFor();
    await begin(page, "Reverse");
    await confirm(page, "Reverse");
    await button(page, "Reverse").first().waitFor({ state: "detached" });
    const { balance, pocketEntries } = await stored(phoneNumber);
    expect(balance).toBe(0);
    expect(pocketEntries.nodes.map(({ amount }) => amount)).toEqual([-4_000, -6_000, 10_000]);
  });

  it("names the entry that a reversal takes back, by its reference or the end of its token", async () => {
    const phoneNumber = newPhoneNumber();
    const sent = [
      charge({ phoneNumber }),
      charge({ phoneNumber, reference: "فاکتور ۱۲" }),
    ] as const;
    for (const one of sent) await chargePockets(test.server, merchant.token, slug, [one]);
    const page = await openPocket(phoneNumber);
    for (const [position, which] of ["reference", "token ending in"].entries()) {
      await button(page, "Reverse").nth(position).click();
      const named = dialog(page).getByText("Reverses the charge of USD 100.00 on");
      const value = position === 0 ? "فاکتور ۱۲" : sent[0].token.slice(-8);
      expect((await named.innerText()).replace(/[\u2068\u2069]/g, "")).toContain(
        `${which} ${value}`,
      );
      await page.keyboard.press("Escape");
      await dialog(page).waitFor({ state: "detached" });
    }
  });

  it("freezes a pocket with a reason, and lifts the freeze", async () => {
    const phoneNumber = await newPocket();
    const page = await openPocket(phoneNumber);
    await begin(page, "Freeze");
    expect(await dialog(page).getByLabel("Block spending", { exact: true }).isChecked()).toBe(true);
    await dialog(page).getByLabel("Reason").fill("گزارش شده");
    await confirm(page, "Freeze");
    await status(page).getByText("The pocket is frozen.").waitFor();
    await page.getByText("Frozen: spending is blocked").waitFor();
    await page.getByText("Frozen: cannot be spent").waitFor();
    await page.getByText("گزارش شده").waitFor();
    await page.getByText("Debits, holds, captures and reversals of charges are refused").waitFor();
    expect(await button(page, "Debit").isDisabled()).toBe(true);
    expect(await button(page, "Charge (top up)").isEnabled()).toBe(true);
    expect((await stored(phoneNumber)).freezeScope).toBe("DEBITS");
    await expectAccessible(page);
    await begin(page, "Unfreeze or change");
    await page.getByRole("heading", { name: `Unfreeze ${phoneNumber}` }).waitFor();
    await confirm(page, "Unfreeze");
    await status(page).getByText("The pocket is no longer frozen.").waitFor();
    expect((await stored(phoneNumber)).freezeScope).toBe("NONE");
    expect(await button(page, "Debit").isEnabled()).toBe(true);
  });

  it("foresees a refusal at its field, in the digits of the currency", async () => {
    const phoneNumber = await newPocket();
    const page = await openPocket(phoneNumber);
    await begin(page, "Debit", "100.01");
    await dialog(page).getByText("Only USD 100.00 is available.").waitFor();
    expect(await button(page, "Debit").last().isDisabled()).toBe(true);
    await dialog(page).getByLabel("Amount").fill("500.01");
    await dialog(page).getByText("The amount must be at most USD 500.00.").waitFor();
    await dialog(page).getByLabel("Amount").fill("1.234");
    await dialog(page).getByText("with at most 2 decimals").waitFor();
    await expectAccessible(page);
    await dialog(page).getByLabel("Amount").fill("100");
    await confirm(page, "Debit");
    expect(await stored(phoneNumber)).toMatchObject({ balance: 0 });
  });

  it("shows the refusal of a pocket that was frozen meanwhile in the dialog", async () => {
    const phoneNumber = await newPocket();
    const page = await openPocket(phoneNumber);
    await begin(page, "Debit", "1");
    const freeze = `mutation ($slug: String!, $number: String!) {
      updatePocket(pocketGroupSlug: $slug, phoneNumber: $number, input: { freeze: BOTH }) {
        pocket { id }
      }
    }`;
    await test.server.ask(merchant.token, freeze, { slug, number: phoneNumber });
    await dialog(page).getByRole("button", { name: "Debit", exact: true }).click();
    await dialog(page).getByText("The pocket is frozen.").waitFor();
    expect(await stored(phoneNumber)).toMatchObject({ balance: 10_000 });
  });

  it("makes one entry if its button is clicked twice", async () => {
    const phoneNumber = await newPocket();
    const page = await openPocket(phoneNumber);
    await begin(page, "Debit", "10");
    await dialog(page).getByRole("button", { name: "Debit", exact: true }).dblclick();
    await dialog(page).waitFor({ state: "detached" });
    expect(await stored(phoneNumber)).toMatchObject({ balance: 9_000 });
  });

  it("makes one entry if the response was lost and the person tries again", async () => {
    const phoneNumber = await newPocket();
    const page = await openPocket(phoneNumber);
    await loseResponse(page, "mutation DebitPocket");
    await begin(page, "Debit", "10");
    await dialog(page).getByRole("button", { name: "Debit", exact: true }).click();
    await dialog(page).getByText("Try again: that does nothing twice.").waitFor();
    expect(await dialog(page).getByLabel("Amount").isDisabled()).toBe(true);
    expect(await stored(phoneNumber)).toMatchObject({ balance: 9_000 });
    await confirm(page, "Try again");
    await page.getByText("Debited USD 10.00.").waitFor();
    expect((await stored(phoneNumber)).pocketEntries.nodes).toHaveLength(2);
  });

  it("offers no action to a token that may only read, nor to an operator except the freeze", async () => {
    const phoneNumber = await newPocket();
    const reader = await test.server.createToken({
      merchantId: merchant.id,
      scopes: ["POCKETS_READ"],
    });
    const offered = async (token: string) => {
      const page = await openPocket(phoneNumber, { token });
      const names = await page.getByRole("main").getByRole("button").allInnerTexts();
      return names.filter((name) => /Charge|Debit|Hold|Freeze|Reverse|Capture/.test(name));
    };
    expect(await offered(reader)).toEqual([]);
    expect(await offered(test.server.operatorToken)).toEqual(["Freeze"]);
    const page = await test.open(`/pockets?group=${slug}`, { token: reader });
    await page.getByRole("link", { name: phoneNumber }).waitFor();
    expect(await button(page, "New charge (top up)").count()).toBe(0);
  });
});

describe("the page of a pocket", () => {
  it("follows changes that others make", async () => {
    const phoneNumber = await newPocket();
    const page = await openPocket(phoneNumber);
    await chargePockets(test.server, merchant.token, slug, [
      charge({ phoneNumber, reference: "from-elsewhere" }),
    ]);
    await page.getByText("from-elsewhere").waitFor();
    await page.getByText("USD 200.00").first().waitFor();
  });

  it("shows a statement of chosen days, which adds up, and keeps the days in the address", async () => {
    const page = await test.open(`/pockets/my-pocket-group/${demoPhoneNumber(1)}`);
    await button(page, "12 months").click();
    await page.getByRole("listitem").getByText("Opening balance").waitFor();
    const sums = page.getByRole("table", { name: "Sums of the statement" });
    const [opening = 0, ...rest] = await amountsOf(sums.locator("td").allInnerTexts());
    const closing = rest.pop();
    expect(rest.reduce((sum, one) => sum + one, opening)).toBe(closing);
    expect(page.url()).toMatch(/from=\d{4}-\d\d-\d\d/);
    await page.reload();
    await page.getByRole("listitem").getByText("Opening balance").waitFor();
  });

  it.each([
    ["a desktop in light colors", DESKTOP, false],
    ["a desktop in dark colors", DESKTOP, true],
    ["a phone in light colors", PHONE, false],
    ["a phone in dark colors", PHONE, true],
  ] as const)("is accessible on %s", async (_, size, isDark) => {
    const phoneNumber = await newPocket();
    const hold = { token: newId(), phoneNumber, amount: 4_000, reference: "رزرو ۷۷" };
    await spend(test.server, merchant.token, "holdPockets", slug, [hold]);
    const page = await openPocket(phoneNumber, { size, isDark });
    await page.getByText(NAME).first().waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScrolling(page);
    await begin(page, "Hold", "10");
    await expectAccessible(page);
    await page.keyboard.press("Escape");
    await dialog(page).waitFor({ state: "detached" });
    await page.getByRole("link", { name: "کیف پول" }).click();
    await page.getByRole("link", { name: phoneNumber }).waitFor();
    await expectAccessible(page);
    await expectNoSidewaysScrolling(page);
  });

  it("violates no content security policy", () => {
    expect(test.foreign).toEqual([]);
    expect(test.complaints.filter((text) => !text.includes("net::ERR_FAILED"))).toEqual([]);
  });
});

/** Waits until the part of the page with a text has the focus, and is in the visible part of the page. */
async function expectRevealed(page: Page, text: string): Promise<void> {
  const focused = page.locator(".revealed:focus").filter({ hasText: text });
  await focused.waitFor();
  const top = async () => (await focused.boundingBox())?.y;
  await expect.poll(top).toBeGreaterThan(56);
  await expect.poll(top).toBeLessThan(PHONE.height);
}

/** The numbers of amounts such as `-USD 1,234.50`, in cents. */
async function amountsOf(texts: Promise<string[]>): Promise<number[]> {
  return (await texts).map((text) => Number(text.replace(/[^\d-]/g, "")));
}
