import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { MERCHANT_SCOPES } from "../../src/callers/api-scope.js";
import { expectGoodLooks } from "../support/console-shots.js";
import { ConsoleTest } from "../support/console.js";
import { listDeliveries, newEndpoint, storeDelivery } from "../support/webhooks.js";
import { WebhookReceiver, verified } from "../support/webhook-receiver.js";

let test: ConsoleTest;
let receiver: WebhookReceiver;

beforeAll(async () => {
  test = await ConsoleTest.start({
    webhookAllowedNetworks: ["127.0.0.1/32"],
    webhookDelivery: { timeoutMs: 2_000, pollMs: 20, retryDelaysMs: [3_600_000] },
  });
});

afterAll(async () => {
  await test.stop();
});

beforeEach(async () => {
  receiver = await WebhookReceiver.start();
});

afterEach(async () => {
  const { endpoints } = await ask<{ endpoints: { nodes: { id: string }[] } }>(
    "{ endpoints: webhookEndpoints { nodes { id } } }",
  );
  for (const { id } of endpoints.nodes) {
    await ask(`mutation { deleteWebhookEndpoint(id: "${id}") { userErrors { message } } }`);
  }
  await receiver.stop();
});

function ask<Data>(query: string): Promise<Data> {
  return test.server.ask<Data>(test.demoToken, query, {});
}

/** An endpoint of the demo's merchant that gets only test events. */
function testedEndpoint(): Promise<{ id: string; secret: string }> {
  const input = { url: receiver.url, types: ["WEBHOOK_ENDPOINT_TESTED"] };
  return newEndpoint(test.server, test.demoToken, input);
}

async function sendTest(id: string): Promise<void> {
  const sent = receiver.received.length;
  await ask(`mutation { sendTestEvent(webhookEndpointId: "${id}") { eventId } }`);
  await expect.poll(() => receiver.received.length).toBe(sent + 1);
}

const dialog = (page: Page, name: string) => page.getByRole("dialog", { name });
const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

describe("the console's webhooks", () => {
  it("creates one endpoint, although the button is clicked twice, and shows its secret once", async () => {
    const page = await test.open("/webhooks");
    await page.getByText("Create an endpoint to send").waitFor();
    await press(page, "Create an endpoint");
    const form = dialog(page, "Create a webhook endpoint");
    await form.getByLabel("URL").fill(receiver.url);
    await form.getByLabel("Description").fill("فروشگاه");
    await form.getByText(`The server sends every event to ${receiver.url}.`).waitFor();
    await form.getByRole("button", { name: "Create the endpoint" }).dblclick();
    const shown = dialog(page, "The endpoint is created");
    const secret = await shown.getByLabel("Webhook secret").inputValue();
    expect(secret).toMatch(/^whsec_/);
    await shown.getByRole("button", { name: "I have stored it" }).click();
    await page.getByRole("link", { name: receiver.url }).click();
    await page.getByRole("heading", { level: 1, name: "Webhook endpoint" }).waitFor();
    expect(await page.content()).not.toContain(secret);
    const { endpoints } = await ask<{ endpoints: { totalCount: number } }>(
      "{ endpoints: webhookEndpoints { totalCount } }",
    );
    expect(endpoints.totalCount).toBe(1);
  });

  it("shows a refusal at its field, and keeps what was typed", async () => {
    const page = await test.open("/webhooks");
    await press(page, "Create an endpoint");
    const form = dialog(page, "Create a webhook endpoint");
    await form.getByLabel("URL").fill("ftp://example.com/hooks");
    await form.getByLabel("Data to send").fill("{ nothing }");
    await form.getByRole("button", { name: "Create the endpoint" }).click();
    const url = form.getByLabel("URL");
    await expect.poll(() => url.getAttribute("aria-invalid")).toBe("true");
    await form.getByText("URL must start with https://").waitFor();
    await form.getByText("Data selection is refused.").waitFor();
    expect(await url.inputValue()).toBe("ftp://example.com/hooks");
  });

  it("edits, disables and enables an endpoint, and deletes it after asking", async () => {
    const { id } = await testedEndpoint();
    const page = await test.open(`/webhooks/${id}`);
    await press(page, "Edit");
    const form = dialog(page, "Edit the webhook endpoint");
    await form.getByText("Nothing is changed yet.").waitFor();
    await form.getByLabel("Description").fill("Orders of the shop");
    await form.getByLabel("Events per request").fill("5");
    await form.getByRole("button", { name: "Save the changes" }).click();
    await form.waitFor({ state: "detached" });
    expect(await page.getByText("Orders of the shop").count()).toBe(1);
    await press(page, "Disable");
    await press(page, "Disable the endpoint");
    await page.getByText("The endpoint is disabled").waitFor();
    await press(page, "Enable");
    await press(page, "Enable the endpoint");
    await page.getByText("The endpoint is disabled").waitFor({ state: "detached" });
    await press(page, "Delete");
    await page.getByText("This cannot be undone.").waitFor();
    await press(page, "Delete the endpoint");
    await page.getByText("Create an endpoint to send").waitFor();
  });

  it("rotates a secret, with which later webhooks are signed", async () => {
    const { id, secret } = await testedEndpoint();
    const page = await test.open(`/webhooks/${id}`);
    await press(page, "Rotate the secret");
    await dialog(page, "Rotate the secret").getByText("For 24 hours").waitFor();
    await dialog(page, "Rotate the secret")
      .getByRole("button", { name: "Rotate the secret" })
      .click();
    const shown = dialog(page, "The secret is rotated");
    const rotated = await shown.getByLabel("Webhook secret").inputValue();
    expect(rotated).not.toBe(secret);
    await page.keyboard.press("Escape");
    await shown.getByRole("button", { name: "I have stored it" }).click();
    await press(page, "Send a test event");
    await press(page, "Send the test event");
    await expect.poll(() => receiver.received.length).toBe(1);
    expect(verified(rotated, receiver.received[0]!)).toMatchObject({
      type: "webhook_endpoint.tested",
    });
  });

  it("shows a delivery with its answer, and the list follows without a reload", async () => {
    receiver.react = () => ({ status: 503, body: "The shop is closed." });
    const { id } = await testedEndpoint();
    const page = await test.open(`/webhooks/${id}`);
    await press(page, "Send a test event");
    await press(page, "Send the test event");
    const row = page.getByRole("row").filter({ hasText: "Webhook endpoint tested" });
    await row.getByText("503").waitFor();
    await page.getByRole("button", { name: "Webhook endpoint tested" }).click();
    const details = dialog(page, "Delivery: Webhook endpoint tested");
    await details.getByText("The shop is closed.").waitFor();
    await details.getByText("Retrying", { exact: true }).waitFor();
    await details.getByText(`Webhook endpoint ${receiver.url} got a test event`).waitFor();
    const [delivery] = await listDeliveries(test.server, test.demoToken, {
      endpointId: { eq: [id] },
    });
    await details.getByText(delivery!.eventId).first().waitFor();
    await details.getByText(delivery!.error!).waitFor();
    await page.keyboard.press("Escape");
    await row.getByText("Retrying", { exact: true }).waitFor();
    await row.getByText("next at").waitFor();
    await page.goto(new URL("/console/webhooks", test.origin).href);
    const failing = page.getByRole("row").filter({ hasText: receiver.url });
    await failing.getByText("Failing", { exact: true }).waitFor();
    await failing.getByText("since").waitFor();
    await failing.getByRole("link").click();
    await page.getByText("Failing", { exact: true }).waitFor();
  });

  it("explains the statuses, and the code of a network failure", async () => {
    const { id } = await testedEndpoint();
    await receiver.stop();
    const page = await test.open(`/webhooks/${id}`);
    await page.getByText("Failed: given up after three days.").waitFor();
    await press(page, "Send a test event");
    await press(page, "Send the test event");
    await page.getByText("The host refuses the connection (ECONNREFUSED)").waitFor();
    await page.getByRole("button", { name: "Send 1 event of any status again" }).waitFor();
  });

  it("sends a selection of deliveries again", async () => {
    const { id } = await testedEndpoint();
    for (let count = 0; count < 3; count++) await sendTest(id);
    const page = await test.open(`/webhooks/${id}`);
    const boxes = page.getByRole("checkbox", { name: "Select this row" });
    await boxes.nth(2).waitFor();
    await boxes.nth(0).click();
    await boxes.nth(1).click();
    await press(page, "Send selected again (2)");
    const asked = dialog(page, "Send events again");
    await asked
      .getByText(`The server sends 2 events to ${receiver.url} again, even those`)
      .waitFor();
    await asked.getByRole("button", { name: "Send again" }).dblclick();
    await asked.getByText("2 events are sent again.").waitFor();
    await expect.poll(() => receiver.received.length).toBe(5);
  });

  it("sends one delivery again from its own dialog", async () => {
    const { id } = await testedEndpoint();
    await sendTest(id);
    const page = await test.open(`/webhooks/${id}`);
    await press(page, "Webhook endpoint tested");
    await dialog(page, "Delivery: Webhook endpoint tested")
      .getByRole("button", { name: "Send again" })
      .click();
    const asked = dialog(page, "Send events again");
    await asked.getByText(`The server sends 1 event to ${receiver.url} again, even if`).waitFor();
    await asked.getByRole("button", { name: "Send again" }).click();
    await page.getByText("1 event is sent again.").waitFor();
    await expect.poll(() => receiver.received.length).toBe(2);
  });

  it("sends everything again that the filters of the address match", async () => {
    receiver.react = (_request, count) => ({ status: count === 1 ? 204 : 500 });
    const { id } = await testedEndpoint();
    for (let count = 0; count < 2; count++) await sendTest(id);
    const page = await test.open(`/webhooks/${id}?status=DELIVERED`);
    await page.getByText("1 in all").waitFor();
    receiver.react = () => ({ status: 204 });
    await press(page, "Send 1 delivered event again");
    await dialog(page, "Send events again").getByRole("button", { name: "Send again" }).click();
    await page.getByText("1 event is sent again.").waitFor();
    await expect.poll(() => receiver.received.filter(isRepeat(0)).length).toBe(2);
    await dialog(page, "Send events again").getByText("Close", { exact: true }).click();
    // The selected value lies over the input.
    await page.locator(".mantine-MultiSelect-input").first().click();
    await page.getByRole("option", { name: "Pending" }).click();
    await page.getByText("2 in all").waitFor();
    expect(page.url()).toContain("status=DELIVERED&status=PENDING");
  });

  it("continues beyond a thousand events until all are sent again", async () => {
    const { id } = await testedEndpoint();
    const { id: merchantId } = await demoMerchant();
    for (let position = 1; position <= 1_200; position++) {
      await storeDelivery(test.server, { id: merchantId }, id, { status: "FAILED", position });
    }
    const page = await test.open(`/webhooks/${id}?status=FAILED`);
    await press(page, "Send all 1,200 failed events again");
    await dialog(page, "Send events again").getByRole("button", { name: "Send again" }).click();
    await page.getByText(/^1,200 events are sent again/).waitFor();
  });

  it("offers a token only the events that it may read, and no change of other endpoints", async () => {
    const { id: merchantId } = await demoMerchant();
    const scopes = MERCHANT_SCOPES.filter((scope) => scope !== "PAYMENTS_READ");
    const token = await test.server.createToken({ merchantId, scopes });
    const { id } = await newEndpoint(test.server, test.demoToken, { url: receiver.url });
    const page = await test.open(`/webhooks/${id}`, { token });
    await page
      .getByText("a token also needs: Read payments, customers and orders (PAYMENTS_READ).")
      .waitFor();
    for (const name of ["Edit", "Disable", "Rotate the secret"]) {
      expect(await page.getByRole("button", { name, exact: true }).count()).toBe(0);
    }
    const list = await test.open("/webhooks", { token });
    await press(list, "Create an endpoint");
    const form = dialog(list, "Create a webhook endpoint");
    await form.getByLabel("URL").fill(receiver.url);
    await form.getByText("Select at least one: your token may not read all events.").waitFor();
    expect(await form.getByRole("button", { name: "Create the endpoint" }).isDisabled()).toBe(true);
    await form.getByRole("combobox", { name: "Events", exact: true }).click();
    await list.getByRole("option", { name: "Pocket charged" }).click();
    expect(await list.getByRole("option", { name: "Order created" }).count()).toBe(0);
    expect(await form.getByRole("button", { name: "Create the endpoint" }).isEnabled()).toBe(true);
  });

  it("is not offered to a token without the scope", async () => {
    const { id: merchantId } = await demoMerchant();
    const token = await test.server.createToken({ merchantId, scopes: ["POCKETS_READ"] });
    const page = await test.open("/webhooks", { token });
    await page.getByText("There is no such page").waitFor();
    expect(await page.getByRole("link", { name: "Webhooks" }).count()).toBe(0);
  });

  it("is accessible and fits a phone, in light and dark", async () => {
    receiver.react = () => ({ status: 500, body: "x".repeat(2_000) });
    const { id } = await newEndpoint(test.server, test.demoToken, {
      url: `${receiver.url}&${"long-".repeat(40)}`,
      description: "فروشگاه اینترنتی",
    });
    await sendTest(id);
    await expectGoodLooks(test, "/webhooks", (page) => page.getByText("فروشگاه").waitFor());
    await expectGoodLooks(
      test,
      `/webhooks/${id}`,
      (page) => page.getByRole("cell", { name: "500" }).waitFor(),
      { name: "-webhooks-endpoint" },
    );
    await expectGoodLooks(
      test,
      `/webhooks/${id}`,
      async (page) => {
        await page.getByRole("button", { name: "Webhook endpoint tested" }).click();
        await page.getByRole("region", { name: "Answer's body" }).waitFor();
      },
      { name: "-webhooks-delivery" },
    );
    await expectGoodLooks(
      test,
      "/webhooks",
      async (page) => {
        await press(page, "Create an endpoint");
        await page.getByLabel("URL").waitFor();
      },
      { name: "-webhooks-create" },
    );
    expect(test.complaints.filter((text) => !text.includes("401"))).toEqual([]);
    expect(test.foreign).toEqual([]);
  });
});

function isRepeat(index: number) {
  return ({ id }: { readonly id: string }): boolean => id === receiver.received[index]!.id;
}

async function demoMerchant(): Promise<{ id: string }> {
  const { viewer } = await ask<{ viewer: { merchant: { id: string } } }>(
    "{ viewer { merchant { id } } }",
  );
  return viewer.merchant;
}
