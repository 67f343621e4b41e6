import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectGoodLooks } from "../support/console-shots.js";
import { ConsoleTest, DESKTOP } from "../support/console.js";
import { made } from "../support/server.js";

let test: ConsoleTest;

beforeAll(async () => {
  test = await ConsoleTest.start();
});

afterAll(async () => {
  await test.stop();
});

const dialog = (page: Page, name: string) => page.getByRole("dialog", { name });
const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();
const section = (page: Page, name: string) =>
  page.getByRole("region", { name, exact: true }).first();

/** Opens a page with an operator's token. */
function open(path: string): Promise<Page> {
  return test.open(path, { token: test.server.operatorToken });
}

function ask<Data>(query: string): Promise<Data> {
  return test.server.ask<Data>(test.server.operatorToken, query, {});
}

describe("the console's pocket groups", () => {
  it("creates one group, although the button is clicked twice, and opens its page", async () => {
    const page = await open("/groups");
    await press(page, "Create a group");
    const form = dialog(page, "Create a pocket group");
    await form.getByLabel("Name").fill("باشگاه مشتریان");
    await form.getByLabel("Slug").fill("club");
    await form.getByRole("combobox", { name: "Currency" }).fill("KWD");
    await page.getByRole("option", { name: "KWD" }).click();
    await form.getByText("in KWD, which cannot be changed later").waitFor();
    await form.getByRole("button", { name: "Create the group" }).dblclick();
    await page.getByRole("heading", { level: 1, name: "باشگاه مشتریان" }).waitFor();
    await page.getByText("No merchant may use this group yet.").waitFor();
    const { pocketGroup } = await ask<{ pocketGroup: unknown }>(
      '{ pocketGroup(slug: "club") { currency isActive } }',
    );
    expect(pocketGroup).toEqual({ currency: "KWD", isActive: true });
  });

  it("shows the refusal of a slug at its field", async () => {
    const page = await open("/groups");
    await press(page, "Create a group");
    const form = dialog(page, "Create a pocket group");
    await form.getByLabel("Name").fill("Another");
    await form.getByLabel("Slug").fill("my-pocket-group");
    await form.getByRole("button", { name: "Create the group" }).click();
    await expect.poll(() => form.getByLabel("Slug").getAttribute("aria-invalid")).toBe("true");
    await form.getByLabel("Slug").fill("Not a slug");
    await form.getByRole("button", { name: "Create the group" }).click();
    await form.getByText("Slug may contain only a-z").waitFor();
  });

  it("stores limits that are entered as decimals of the currency, also in Persian digits", async () => {
    const slug = await test.server.createGroup({ name: "Limited", currency: "KWD" });
    const page = await open(`/groups/${slug}`);
    await press(page, "Edit");
    const form = dialog(page, "Edit the pocket group");
    await form.getByLabel("Smallest charge").fill("۱٫۵");
    await form.getByLabel("Largest charge").fill("20.0001");
    await form.getByText("with at most 3 decimals, such as 12.000.").waitFor();
    expect(await form.getByRole("button", { name: "Save the changes" }).isDisabled()).toBe(true);
    await form.getByLabel("Largest charge").fill("1");
    await form.getByRole("button", { name: "Add a limit over time" }).click();
    await form.getByLabel("At most").fill("100");
    await form.getByRole("button", { name: "Save the changes" }).click();
    await form.getByText("no charge could be made").first().waitFor();
    await form.getByLabel("Largest charge").fill("20");
    await form.getByRole("button", { name: "Save the changes" }).click();
    await form.waitFor({ state: "detached" });
    await section(page, "Limits").getByText("KWD 1.500").waitFor();
    await section(page, "Limits").getByText("charges of at most KWD 100.000 a day").waitFor();
    const { pocketGroup } = await ask<{ pocketGroup: unknown }>(
      `{ pocketGroup(slug: "${slug}") {
          minChargeAmount maxChargeAmount maxDebitAmount periodLimits { limit period } } }`,
    );
    expect(pocketGroup).toEqual({
      minChargeAmount: 1_500,
      maxChargeAmount: 20_000,
      maxDebitAmount: null,
      periodLimits: [{ limit: 100_000, period: "DAY" }],
    });
  });

  it("says what deactivating a group does, and does it", async () => {
    const slug = await test.server.createGroup({ name: "Closing" });
    const page = await open(`/groups/${slug}`);
    await press(page, "Deactivate");
    await page
      .getByText("Every charge, debit, hold and reversal in this group is refused")
      .waitFor();
    await press(page, "Deactivate the group");
    await page.getByText("The group is inactive").waitFor();
    await press(page, "Activate");
    await press(page, "Activate the group");
    await page.getByText("The group is inactive").waitFor({ state: "detached" });
  });

  it("grants a group to a merchant that is found by name, and revokes it after asking", async () => {
    const slug = await test.server.createGroup({ name: "Granted" });
    const { id, token } = await test.server.createMerchant("Grantee of the group");
    const page = await open(`/groups/${slug}`);
    await press(page, "Grant to a merchant");
    const form = dialog(page, "Grant the group to a merchant");
    await form.getByRole("combobox", { name: "Merchant" }).fill("grantee");
    await page.getByRole("option", { name: "Grantee of the group" }).click();
    await form.getByRole("button", { name: "Grant the group" }).click();
    await page.getByRole("link", { name: "Grantee of the group" }).waitFor();
    const own = await test.open("/groups", { token });
    await own.getByRole("link", { name: "Granted" }).waitFor();
    expect(await own.getByRole("link", { name: "My pocket group" }).count()).toBe(0);
    await press(page, "Revoke from Grantee of the group");
    await press(page, "Revoke the grant");
    await page.getByText("No merchant may use this group yet.").waitFor();
    const { merchant } = await ask<{ merchant: unknown }>(
      `{ merchant(id: "${id}") { pocketGroups { totalCount } } }`,
    );
    expect(merchant).toEqual({ pocketGroups: { totalCount: 0 } });
  });

  it("shows the sum of balances, and a merchant its groups without changes", async () => {
    const page = await test.open("/groups");
    await page.getByRole("link", { name: "My pocket group" }).waitFor();
    await page.getByRole("cell", { name: /IRR.13,455\.00/ }).waitFor();
    expect(await page.getByRole("button", { name: "Create a group" }).count()).toBe(0);
    await page.getByRole("link", { name: "My pocket group" }).click();
    await page.getByText("Of this available").waitFor();
    for (const name of ["Edit", "Deactivate", "Grant to a merchant"]) {
      expect(await page.getByRole("button", { name, exact: true }).count()).toBe(0);
    }
    await page.getByText("Iran (IR)", { exact: true }).waitFor();
    await page.getByRole("link", { name: /^\d+ pockets$/ }).click();
    await page.waitForURL(/\/pockets\?group=my-pocket-group$/);
  });
});

describe("the console's merchants", () => {
  it("creates one merchant, although the button is clicked twice, and renames it", async () => {
    const page = await open("/merchants");
    await press(page, "Create a merchant");
    const form = dialog(page, "Create a merchant");
    await form.getByLabel("Name").fill("Café Sara");
    await form.getByRole("button", { name: "Create the merchant" }).dblclick();
    await page.getByRole("heading", { level: 1, name: "Café Sara" }).waitFor();
    await press(page, "Edit");
    const edit = dialog(page, "Edit the merchant");
    await edit.getByLabel("Name").fill("کافه سارا");
    await edit.getByText("The merchant is called کافه سارا from now on.").waitFor();
    await edit.getByRole("button", { name: "Save the changes" }).click();
    await page.getByRole("heading", { level: 1, name: "کافه سارا" }).waitFor();
    const { merchants } = await ask<{ merchants: { totalCount: number } }>(
      '{ merchants(filter: { name: { eq: ["Café Sara", "کافه سارا"] } }) { totalCount } }',
    );
    expect(merchants.totalCount).toBe(1);
  });

  it("says what deactivating a merchant does, and does it", async () => {
    const { id, token } = await test.server.createMerchant("Leaving");
    const page = await open(`/merchants/${id}`);
    await press(page, "Deactivate");
    await page.getByText("refuses every request with the merchant’s tokens").waitFor();
    await press(page, "Deactivate the merchant");
    await page.getByText("The merchant is inactive").waitFor();
    const { errors } = await test.server.send(token, "{ pocketGroups { totalCount } }", {});
    expect(errors?.[0]?.extensions.code).toBe("FORBIDDEN");
  });

  it("adds an employee, shows a refused address at its field, and deactivates", async () => {
    const { id } = await test.server.createMerchant("With people");
    const page = await open(`/merchants/${id}`);
    await press(page, "Add an employee");
    const form = dialog(page, "Add an employee");
    await form.getByLabel("Name").fill("Reza");
    await form.getByLabel("E-mail").fill("reza");
    await form.getByRole("button", { name: "Add the employee" }).click();
    await form.getByText("Email must be an e-mail address").waitFor();
    await form.getByLabel("E-mail").fill("reza@example.com");
    await form.getByRole("button", { name: "Add the employee" }).dblclick();
    await form.waitFor({ state: "detached" });
    expect(await page.getByRole("cell", { name: "reza@example.com" }).count()).toBe(1);
    await press(page, "Deactivate Reza");
    await press(page, "Deactivate the employee");
    await page.getByRole("button", { name: "Activate Reza" }).waitFor();
  });

  it("creates a token that works, shows its secret once, and revokes it after asking", async () => {
    const { id } = await test.server.createMerchant("With tokens");
    const person = { merchantId: id, name: "Mina", email: "mina@example.com" };
    made(await test.server.app.services.employees.create(person));
    const page = await open(`/merchants/${id}`);
    await press(page, "Create a token");
    const form = dialog(page, "Create an API token");
    await form.getByLabel("Name").fill("Point of sale");
    expect(await form.getByRole("button", { name: "Create the token" }).isDisabled()).toBe(true);
    const box = await form.getByRole("button", { name: "Create the token" }).boundingBox();
    expect(box!.y + box!.height).toBeLessThan(DESKTOP.height);
    await form.getByRole("checkbox", { name: "Pockets read" }).check();
    await form.getByText("can use this scope for the merchant").waitFor();
    await form.getByRole("combobox", { name: "Employee" }).click();
    await page.getByRole("option", { name: "Mina" }).click();
    await form.getByLabel("Expires").fill("2020-01-01T00:00");
    await form.getByRole("button", { name: "Create the token" }).click();
    await expect.poll(() => form.getByLabel("Expires").getAttribute("aria-invalid")).toBe("true");
    await form.getByLabel("Expires").fill("2040-01-01T00:00");
    await form.getByRole("button", { name: "Create the token" }).dblclick();
    const shown = dialog(page, "The token is created");
    const secret = await shown.getByLabel("API token").inputValue();
    await shown.getByRole("button", { name: "I have stored it" }).click();
    await page.getByRole("button", { name: "Revoke the token Point of sale" }).waitFor();
    expect(await page.content()).not.toContain(secret);
    const query = "{ viewer { scopes employee { name } } }";
    expect(await test.server.ask(secret, query, {})).toEqual({
      viewer: { scopes: ["POCKETS_READ"], employee: { name: "Mina" } },
    });
    await press(page, "Revoke the token Point of sale");
    await press(page, "Revoke the token");
    await page.getByText("Revoked", { exact: true }).waitFor();
    const { errors } = await test.server.send(secret, query, {});
    expect(errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
  });

  it("are not offered to a merchant's token", async () => {
    const page = await test.open("/merchants");
    await page.getByText("There is no such page").waitFor();
    expect(await page.getByRole("link", { name: "Merchants" }).count()).toBe(0);
  });
});

describe("the console's pages of operators", () => {
  it("are accessible and fit a phone, in light and dark", async () => {
    const merchant = await test.server.createMerchant("فروشگاه بزرگ شهر");
    const person = { merchantId: merchant.id, name: "Sara", email: "sara@example.com" };
    made(await test.server.app.services.employees.create(person));
    const slug = await test.server.createGroup(
      { name: "کیف پول وفاداری", minChargeAmount: 1_000, maxPocketBalance: 900_000_000 },
      merchant,
    );
    const token = test.server.operatorToken;
    const link = (name: string) => (page: Page) => page.getByRole("link", { name }).waitFor();
    await expectGoodLooks(test, "/groups", link("کیف پول وفاداری"), { token });
    await expectGoodLooks(test, `/groups/${slug}`, link("فروشگاه بزرگ شهر"), {
      token,
      name: "-group",
    });
    await expectGoodLooks(
      test,
      `/groups/${slug}`,
      async (page) => {
        await press(page, "Edit");
        await page.getByRole("button", { name: "Add a limit over time" }).click();
      },
      { token, name: "-group-edit" },
    );
    await expectGoodLooks(test, "/merchants", link("فروشگاه بزرگ شهر"), { token });
    const ready = async (page: Page): Promise<void> => {
      await page.getByText("sara@example.com").waitFor();
      await page.getByRole("button", { name: /^Revoke the token/ }).waitFor();
    };
    await expectGoodLooks(test, `/merchants/${merchant.id}`, ready, { token, name: "-merchant" });
    await expectGoodLooks(
      test,
      `/merchants/${merchant.id}`,
      async (page) => {
        await press(page, "Create a token");
        await page.getByLabel("Expires").waitFor();
      },
      { token, name: "-merchant-token" },
    );
    expect(test.complaints.filter((text) => !text.includes("401"))).toEqual([]);
    expect(test.foreign).toEqual([]);
  });
});
