import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ConsoleTest,
  DESKTOP,
  PHONE,
  expectAccessible,
  expectNoSidewaysScrolling,
} from "../support/console.js";
import {
  accepted,
  createAuthorization,
  createCharge,
  createCustomer,
  createRefund,
  findCharge,
  findRefund,
  updateCharge,
} from "../support/payments.js";
import type { TestMerchant } from "../support/server.js";

let test: ConsoleTest;
let merchant: TestMerchant;

beforeAll(async () => {
  test = await ConsoleTest.start();
  merchant = await test.server.createMerchant("Payments");
});

afterAll(async () => {
  await test.stop();
});

const button = (page: Page, name: string | RegExp) =>
  page.getByRole("button", { name, exact: true });
const dialog = (page: Page) => page.getByRole("dialog");
const section = (page: Page, name: string) => page.getByRole("region", { name, exact: true });
const fact = (page: Page, area: string, name: string) =>
  section(page, area).getByRole("row").filter({ hasText: name }).getByRole("cell").last();
const tableOf = async (page: Page): Promise<string> => {
  await page.locator('[aria-busy="false"] table').waitFor();
  return page.locator("main table").innerText();
};

/** Opens the page of a new charge of 100.00 that has succeeded, unless the input says otherwise. */
async function openCharge(
  input: Record<string, unknown> = {},
): Promise<{ page: Page; id: string }> {
  const charge = { amountInCents: 10_000, status: "SUCCEEDED", ...input };
  const { id } = await accepted(createCharge(test.server, merchant.token, charge));
  const page = await test.open(`/payments/${id}`, { token: merchant.token });
  await section(page, "Timeline").waitFor();
  return { page, id };
}

describe("the lists of payments", () => {
  it("keep filters, sort, columns and page in the address, so that another tab shows the same", async () => {
    const page = await test.open("/payments");
    await page.getByLabel("Status", { exact: true }).first().click();
    await page.getByRole("option", { name: "Succeeded" }).click();
    await page.keyboard.press("Escape");
    await button(page, "Total").click();
    await page.getByRole("columnheader", { name: "Total", exact: true }).waitFor();
    await button(page, "Columns").click();
    await page.getByLabel("Description").check();
    await page.keyboard.press("Escape");
    await page.getByText(/^\d+ in all$/).waitFor();
    const first = await tableOf(page);
    await button(page, "Next page").click();
    await button(page, "Previous page").and(page.locator(":enabled")).waitFor();
    await page.waitForURL(/after=/);
    const shown = await tableOf(page);
    expect(shown).not.toBe(first);
    expect(shown).toContain("Order ");
    expect(shown).not.toMatch(/Failed|Canceled|Expired/);
    const other = await test.open(
      new URL(page.url()).pathname.replace("/console", "") + new URL(page.url()).search,
    );
    await other.getByText(/^\d+ in all$/).waitFor();
    expect(await tableOf(other)).toBe(shown);
  });

  it("are filtered by customer, order, amount and reference, with their totals", async () => {
    const page = await test.open("/payments?customer=ada&order=1&amountFrom=1&currency=USD");
    await page.getByText("Ada Byron", { exact: true }).first().waitFor();
    const totals = section(page, "Totals of the list");
    await totals.getByText("All statuses:").waitFor();
    const rows = page.locator("main tbody tr");
    const count = await rows.count();
    expect(count).toBeGreaterThan(0);
    expect(await totals.innerText()).toContain(`${String(count)} charge`);
    await button(page, "Clear filters").click();
    await totals.getByText(/All statuses: .*, 360 charges/).waitFor();
    await page.getByLabel("Find a payment").fill("INV-0025");
    await button(page, "Find").click();
    await totals.getByText(/All statuses: .*, 1 charge$/).waitFor();
    expect(page.url()).toContain("q=INV-0025");
    await page.getByRole("link", { name: "Ada Byron" }).click();
    await page.waitForURL(/customer=/);
  });

  it("copy the link to what they show", async () => {
    const page = await test.open("/payments?status=SUCCEEDED");
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await button(page, "Copy link to this view").click();
    await button(page, "Link copied").waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(page.url());
  });

  it("search for the customer in one step if no payment has the text as a reference", async () => {
    const page = await test.open("/payments");
    await page.getByLabel("Find a payment").fill("Ada Byron");
    await button(page, "Find").click();
    await page.getByText("No charge has this id, reference or provider's id.").waitFor();
    await page.getByRole("link", { name: "Search for the customer “Ada Byron”" }).click();
    await page.getByRole("cell", { name: "Ada Byron", exact: true }).first().waitFor();
    const customer = page.getByLabel("Customer", { exact: true });
    await customer.waitFor();
    expect(await customer.inputValue()).toBe("Ada Byron");
    expect(await page.getByLabel("Find a payment").inputValue()).toBe("");
  });

  it("clear the text of the search with the filters", async () => {
    const page = await test.open("/payments");
    await page.getByLabel("Find a payment").fill("INV-0025");
    await button(page, "Find").click();
    await section(page, "Totals of the list")
      .getByText(/All statuses: .*, 1 charge$/)
      .waitFor();
    await button(page, "Clear filters").click();
    await section(page, "Totals of the list")
      .getByText(/, 360 charges$/)
      .waitFor();
    expect(await page.getByLabel("Find a payment").inputValue()).toBe("");
  });

  it("apply a text while it is typed, and do not show earlier totals as current", async () => {
    const page = await test.open("/payments?status=SUCCEEDED");
    const totals = section(page, "Totals of the list");
    await totals.getByText(/^\d+ charges(,|$)/).waitFor();
    const earlier = await totals.innerText();
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route("**/graphql", async (route) => {
      if (route.request().postData()?.includes("TotalsOfPaymentCharges")) await answered;
      await route.continue();
    });
    await button(page, "More filters").click();
    const customer = page.getByLabel("Customer", { exact: true });
    await customer.fill("ada ");
    await page.waitForURL(/customer=ada(&|$)/);
    await expect.poll(() => totals.getAttribute("class")).toContain("stale");
    expect(await page.getByText(/^\d+ in all$/).count()).toBe(0);
    expect(await customer.inputValue()).toBe("ada ");
    answer();
    await page.getByText(/^\d+ in all$/).waitFor();
    expect(await totals.getAttribute("class")).not.toContain("stale");
    expect(await totals.innerText()).not.toBe(earlier);
  });

  it("show the last 30 days on request, in the viewer's time zone", async () => {
    const page = await test.open("/payments?to=2026-01-01T00:00:00.000Z");
    await page.getByText("In Asia/Tehran").first().waitFor();
    await button(page, "Last 30 days").click();
    await page.waitForURL(/from=/);
    const { searchParams } = new URL(page.url());
    const from = new Date(searchParams.get("from") ?? "");
    expect(from.toISOString()).toMatch(/T20:30:00\.000Z$/);
    expect(Math.floor((Date.now() - from.getTime()) / 86_400_000)).toBe(29);
    expect(searchParams.has("to")).toBe(false);
    const day = new Date(from.getTime() + 3.5 * 3_600_000).toISOString().slice(0, 10);
    const shown = page.getByLabel("Created from", { exact: true });
    await expect.poll(() => shown.inputValue()).toBe(day);
    await button(page, "This month").click();
    await expect.poll(() => shown.inputValue()).toMatch(/-01$/);
  });

  it("sum the succeeded payments first, and all statuses after them", async () => {
    const { token } = await test.server.createMerchant("Totals");
    for (const status of ["SUCCEEDED", "SUCCEEDED", "FAILED"]) {
      await accepted(createCharge(test.server, token, { amountInCents: 1_000, status }));
    }
    const page = await test.open("/payments", { token });
    const totals = section(page, "Totals of the list");
    await totals.getByText(/^USD\s20\.00 succeeded$/).waitFor();
    await totals.getByText("2 charges", { exact: true }).waitFor();
    await totals.getByText(/^All statuses: USD\s30\.00, 3 charges$/).waitFor();
    await page.goto(`${page.url()}?status=FAILED`);
    await totals.getByText("1 charge", { exact: true }).waitFor();
    expect(await totals.getByText("All statuses").count()).toBe(0);
  });

  it("say that an amount filters the total, and selects the currency", async () => {
    const page = await test.open("/payments");
    await button(page, "More filters").click();
    await page.getByText("In USD. Selects this currency.").first().waitFor();
    await page.getByLabel("Total from").fill("5");
    await page.waitForURL(/currency=USD/);
    await page.getByText("In USD. Selects this currency.").waitFor({ state: "detached" });
  });

  it("say what to do if nothing matches, and which amount is not one", async () => {
    const page = await test.open("/payments?customer=nobody&amountFrom=abc&currency=USD");
    await page.getByText("No charge matches the filters").waitFor();
    await page.getByText("None found").waitFor();
    await page.getByText("Enter an amount in USD").waitFor();
  });

  it("open a payment of any kind by its id", async () => {
    const authorization = { amountInCents: 500, status: "SUCCEEDED", mode: "TERMINAL" };
    const { id } = await accepted(createAuthorization(test.server, merchant.token, authorization));
    const page = await test.open("/payments/refunds", { token: merchant.token });
    await page.getByLabel("Find a payment").fill(id);
    await button(page, "Find").click();
    await page.getByRole("heading", { name: "Authorization of USD 5.00" }).waitFor();
    expect(page.url()).toContain(`/payments/authorizations/${id}`);
    await page.goto(page.url().replace(id, test.demoToken.slice(0, 8)));
    await page.getByText("There is no such payment").waitFor();
  });

  it("show amounts with the digits of each currency, and sum each one", async () => {
    const { token } = await test.server.createMerchant("Currencies");
    for (const currency of ["JPY", "KWD", "IRR"]) {
      const charge = { amountInCents: 1_234_567, currency, mode: "MANUAL", provider: "NONE" };
      await accepted(createCharge(test.server, token, charge));
      await accepted(createCharge(test.server, token, { ...charge, amountInCents: 3 }));
    }
    const page = await test.open("/payments", { token });
    const totals = section(page, "Totals of the list");
    for (const total of ["JPY 1,234,570", "KWD 1,234.570", "IRR 12,345.70"]) {
      await totals.getByText(total, { exact: true }).first().waitFor();
    }
    for (const amount of ["JPY 3", "KWD 0.003", "IRR 0.03"]) {
      await page.getByRole("cell", { name: amount, exact: true }).first().waitFor();
    }
    await page.goto(`${page.url()}?currency=KWD&amountTo=۰٫۰۰۳`);
    await totals.getByText(/All statuses: .*, 1 charge$/).waitFor();
    await page.getByRole("cell", { name: "KWD 0.003", exact: true }).first().waitFor();
  });
});

describe("the page of a charge", () => {
  it("shows its life with its refunds in between, and who made the changes", async () => {
    const { page } = await openCharge();
    await section(page, "Timeline").getByText("Charge recorded. Status: succeeded").waitFor();
    const demo = await test.open("/payments/01988f7a-0005-7000-8000-000000000014");
    const life = section(demo, "Timeline");
    await life.getByText("Refund of USD 22.50 recorded. Status: created").waitFor();
    expect(await life.getByRole("listitem").allInnerTexts()).toEqual([
      expect.stringMatching(/^Charge recorded\. Status: succeeded\s[\s\S]*by Sara Demo$/),
      expect.stringMatching(
        /^Refund of USD\s22\.50 recorded\. Status: created\s[\s\S]*by Sara Demo$/,
      ),
    ]);
    await life.getByRole("link").click();
    await demo.getByRole("heading", { name: "Refund of USD 22.50" }).waitFor();
  });

  it("refunds a part, then what is left", async () => {
    const { page, id } = await openCharge({
      depositInCents: 2_000,
      mode: "MANUAL",
      provider: "NONE",
    });
    await button(page, "Record a refund").click();
    expect(await page.getByLabel("Amount", { exact: true }).inputValue()).toBe("100.00");
    expect(await page.getByLabel("Deposit").inputValue()).toBe("20.00");
    await page.getByLabel("Amount", { exact: true }).fill("۲۵٫۵");
    expect(await page.getByLabel("Deposit").inputValue()).toBe("");
    await dialog(page)
      .getByText("USD 25.50 in all: USD 25.50 of the amount and USD 0.00 of the deposit.")
      .waitFor();
    await dialog(page).getByText("Records that USD 25.50 was returned").waitFor();
    await page.getByLabel("Reason").fill("Damaged");
    await button(page, "Record a refund of USD 25.50").click();
    await dialog(page).waitFor({ state: "detached" });
    // At once: no old data is shown after the dialog.
    expect(await fact(page, "Amounts", "Refunded").innerText()).toMatch(/25\.50/);
    await section(page, "Refunds").getByText("Damaged").waitFor();
    await page
      .getByRole("status")
      .getByText("The refund of USD 25.50 is recorded as succeeded.")
      .waitFor();
    await button(page, "Record a refund").click();
    const amount = page.getByLabel("Amount", { exact: true });
    await page.getByLabel("Deposit").fill("5");
    await amount.fill("20");
    await dialog(page).getByText("USD 25.00 in all: USD 20.00 of the amount and").waitFor();
    await page.getByLabel("Deposit").fill("20");
    await amount.fill("74.50");
    await button(page, "Record a refund of USD 94.50").click();
    await dialog(page).waitFor({ state: "detached" });
    expect(await button(page, "Record a refund").count()).toBe(0);
    const charge = await findCharge(test.server, merchant.token, id);
    expect(charge).toMatchObject({ totalRefundedInCents: 12_000, refundable: false });
  });

  it("fills in half or all of what is left, which the page and the dialog state in the same words", async () => {
    const { page } = await openCharge({ amountInCents: 201, depositInCents: 5_001 });
    const left = "USD\u00A052.02 (amount 2.01, deposit 50.01)";
    expect(await fact(page, "Amounts", "Left to refund").innerText()).toBe(left);
    await button(page, "Record a refund").click();
    await dialog(page).getByText(`Left to refund: ${left}`).waitFor();
    await button(page, "Half").click();
    expect(await page.getByLabel("Amount", { exact: true }).inputValue()).toBe("1.01");
    expect(await page.getByLabel("Deposit").inputValue()).toBe("25.00");
    await button(page, "Record a refund of USD 26.01").waitFor();
    await button(page, "All").click();
    await button(page, "Record a refund of USD 52.02").waitFor();
  });

  it("says that a refund is only recorded, and what must still be done for it", async () => {
    const { page } = await openCharge({ provider: "STRIPE" });
    await button(page, "Record a refund").click();
    await dialog(page)
      .getByText("Pocketcharge records the refund. Send the money at the payment provider.")
      .waitFor();
    await button(page, "Record a refund of USD 100.00").click();
    await page
      .getByText("is recorded as created. Set it to succeeded when the provider has paid it.")
      .waitFor();
    const refunds = section(page, "Refunds");
    await refunds.getByText("To do: Send USD 100.00 to the customer at Stripe.").waitFor();
    await button(page, "Set the refund's status").click();
    await dialog(page).getByText("Pocketcharge records the status. It moves no money").waitFor();
    await dialog(page).getByLabel("New status").first().click();
    await page.getByRole("option", { name: "Succeeded" }).click();
    await button(page, "Set to succeeded").click();
    await dialog(page).waitFor({ state: "detached" });
    expect(await refunds.getByText("To do:").count()).toBe(0);
    expect(await fact(page, "Amounts", "Refunded").innerText()).toMatch(/100\.00/);
  });

  it("refuses to refund more than is left, also if another refund came first", async () => {
    const { page, id } = await openCharge();
    await button(page, "Record a refund").click();
    const amount = page.getByLabel("Amount", { exact: true });
    await amount.fill("100.01");
    await dialog(page).getByText("Only USD 100.00 of the amount is left to refund.").waitFor();
    expect(await button(page, "Record a refund").last().isDisabled()).toBe(true);
    await amount.fill("60");
    const input = { paymentChargeId: id, amountInCents: 7_000 };
    await accepted(createRefund(test.server, merchant.token, input));
    await button(page, "Record a refund of USD 60.00").click();
    await dialog(page).getByText("Only USD 30.00 of the amount is left to refund.").waitFor();
    expect(await amount.getAttribute("aria-invalid")).toBe("true");
    await amount.fill("30");
    await button(page, "Record a refund of USD 30.00").click();
    await dialog(page).waitFor({ state: "detached" });
    expect(await section(page, "Refunds").getByRole("listitem").count()).toBe(2);
  });

  it("refunds once, even if the button is clicked twice", async () => {
    const { page } = await openCharge();
    await button(page, "Record a refund").click();
    await page.getByLabel("Amount", { exact: true }).fill("10");
    await button(page, "Record a refund of USD 10.00").dblclick();
    await dialog(page).waitFor({ state: "detached" });
    expect(await section(page, "Refunds").getByRole("listitem").count()).toBe(1);
  });

  it("refunds once if the response is lost and the person tries again", async () => {
    const { page } = await openCharge();
    await loseResponseTo(page, "CreatePaymentRefund");
    await button(page, "Record a refund").click();
    await page.getByLabel("Amount", { exact: true }).fill("10");
    await button(page, "Record a refund of USD 10.00").click();
    await dialog(page).getByText("The server cannot be reached").waitFor();
    await button(page, "Try again").click();
    await dialog(page).waitFor({ state: "detached" });
    expect(await section(page, "Refunds").getByRole("listitem").count()).toBe(1);
  });

  it("offers the statuses that the rules allow, and sets one with its meaning confirmed", async () => {
    const { page } = await openCharge({ status: "PROCESSING" });
    await button(page, "Change status").click();
    await dialog(page).getByLabel("New status").first().click();
    expect(await page.getByRole("option").allInnerTexts()).toEqual([
      ...["Action required", "Succeeded", "Failed", "Canceled"],
    ]);
    await page.getByRole("option", { name: "Succeeded" }).click();
    await dialog(page).getByText("It counts as paid, and can be refunded.").waitFor();
    await loseResponseTo(page, "UpdatePaymentCharge");
    await button(page, "Set to succeeded").click();
    await dialog(page).getByText("The server cannot be reached").waitFor();
    await button(page, "Try again").click();
    await dialog(page).waitFor({ state: "detached" });
    expect(await fact(page, "Amounts", "Status").innerText()).toBe("Succeeded");
    await section(page, "Timeline").getByText("Charge: processing → succeeded").waitFor();
  });

  it("overwrites no change that another person made meanwhile", async () => {
    const { page, id } = await openCharge({ description: "Old", reference: "R-1" });
    await button(page, "Edit details").click();
    await dialog(page).getByLabel("Reference").fill("R-2");
    await button(page, "Add an entry").click();
    await dialog(page).getByLabel("Key 1").fill("channel");
    await dialog(page).getByLabel("Text 1").fill("فروشگاه");
    await accepted(updateCharge(test.server, merchant.token, id, { description: "New" }));
    await button(page, "Save").click();
    await dialog(page).getByText("The payment was changed in the meantime").waitFor();
    await button(page, "Save").click();
    await dialog(page).waitFor({ state: "detached" });
    expect(await fact(page, "Details", "Description").innerText()).toBe("New");
    expect(await fact(page, "Details", "Reference").innerText()).toBe("R-2");
    expect(await fact(page, "Metadata", "channel").innerText()).toBe("فروشگاه");
  });

  it("shows the provider's secret only on request, and only to tokens that may read it", async () => {
    const { page, id } = await openCharge({ providerSecret: "whsec-1" });
    expect(await page.content()).not.toContain("whsec-1");
    await button(page, "Show the provider's secret").click();
    await page.getByText("whsec-1").waitFor();
    const token = await test.server.createToken({
      merchantId: merchant.id,
      scopes: ["PAYMENTS_READ", "PAYMENTS_WRITE"],
    });
    const other = await test.open(`/payments/${id}`, { token });
    await button(other, "Record a refund").waitFor();
    expect(await button(other, "Show the provider's secret").count()).toBe(0);
  });

  it("links a phone number to its pockets, and only one that has pockets", async () => {
    const token = test.demoToken;
    const charges = [];
    for (const phoneNumber of ["+98 912 111 0001", "+98 912 999 0001"]) {
      const customer = { name: "Ada", phoneNumber };
      const { id: customerId } = await accepted(createCustomer(test.server, token, customer));
      const charge = { amountInCents: 500, status: "SUCCEEDED", customerId };
      charges.push(await accepted(createCharge(test.server, token, charge)));
    }
    const page = await test.open(`/payments/${charges[1]!.id}`);
    await fact(page, "Customer", "Phone").getByText("+98 912 999 0001").waitFor();
    expect(await fact(page, "Customer", "Phone").getByRole("link").count()).toBe(0);
    await page.goto(page.url().replace(charges[1]!.id, charges[0]!.id));
    await fact(page, "Customer", "Phone").getByRole("link", { name: "+98 912 111 0001" }).click();
    await page.waitForURL(/\/pockets\?group=[a-z-]+&search=989121110001$/);
  });

  it("offers no action to a token that can only read", async () => {
    const { id } = await openCharge();
    const scopes = ["PAYMENTS_READ"] as const;
    const token = await test.server.createToken({ merchantId: merchant.id, scopes });
    const page = await test.open(`/payments/${id}`, { token });
    await section(page, "Timeline").waitFor();
    const names = await page.locator("main").getByRole("button").allInnerTexts();
    expect(names).toEqual(["For developers"]);
  });
});

describe("the page of a refund", () => {
  it("cancels a refund under way, so that its amount can be refunded again", async () => {
    const { page, id } = await openCharge();
    const input = { paymentChargeId: id, amountInCents: 4_000 };
    const refund = await accepted(createRefund(test.server, merchant.token, input));
    await page.goto(page.url().replace(id, refund.id));
    await button(page, "Cancel the refund").click();
    await dialog(page).getByText("The amount can be refunded again.").waitFor();
    await button(page, "Set to canceled").click();
    await dialog(page).waitFor({ state: "detached" });
    expect(await button(page, "Cancel the refund").count()).toBe(0);
    const after = await findRefund(test.server, merchant.token, refund.id);
    expect(after?.status).toBe("CANCELED");
    await page.getByRole("link", { name: "Open the charge" }).click();
    expect(await fact(page, "Amounts", "Left to refund").innerText()).toMatch(/100\.00/);
  });
});

describe("every page of payments", () => {
  const PAGES = {
    charges: "/payments?customer=a",
    refunds: "/payments/refunds",
    authorizations: "/payments/authorizations",
    charge: "/payments/01988f7a-0005-7000-8000-000000000014",
    capture: "/payments/01988f7a-0005-7000-8000-000000000078",
    refund: "/payments/refunds/01988f7a-0006-7000-8000-000000000014",
    authorization: "/payments/authorizations/01988f7a-0004-7000-8000-000000000000",
  };
  const VIEWS = [DESKTOP, PHONE].flatMap((size) =>
    [false, true].map((isDark) => ({ size, isDark })),
  );

  it.each(Object.entries(PAGES))("is accessible, and fits a phone: %s", async (name, path) => {
    for (const { size, isDark } of VIEWS) {
      const page = await test.open(path, { size, isDark });
      await page.locator("main table").first().waitFor();
      await page.locator('[aria-busy="true"]').waitFor({ state: "detached" });
      await expectAccessible(page);
      await expectNoSidewaysScrolling(page);
      const file = process.env["SCREENSHOTS"];
      if (file) {
        const look = `${String(size.width)}${isDark ? "-dark" : ""}`;
        await page.screenshot({ path: `${file}/payments-${name}-${look}.png`, fullPage: true });
      }
      await page.context().close();
    }
  });

  it.each(["Record a refund", "Change status", "Edit details"])(
    "has accessible dialogs that fit a phone: %s",
    async (name) => {
      const page = await test.open(PAGES.charge, { size: PHONE, isDark: true });
      await button(page, name).click();
      await dialog(page).getByRole("button", { name: "Cancel" }).waitFor();
      await expectAccessible(page);
      await expectNoSidewaysScrolling(page);
    },
  );

  it("satisfies the content security policy, and sends no request to another host", () => {
    expect(test.foreign).toEqual([]);
    expect(test.complaints.filter((text) => !text.includes("net::ERR_FAILED"))).toEqual([]);
  });
});

/** The server answers the next operation of this name, and the browser does not receive the answer. */
async function loseResponseTo(page: Page, operationName: string): Promise<void> {
  let isLost = false;
  await page.route("**/graphql", async (route) => {
    const isIt = route.request().postData()?.includes(`mutation ${operationName}(`) ?? false;
    if (!isIt || isLost) return route.continue();
    isLost = true;
    await route.fetch();
    return route.abort();
  });
}
