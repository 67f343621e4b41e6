import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConsoleTest, expectAccessible } from "../support/console.js";

let test: ConsoleTest;

beforeAll(async () => {
  test = await ConsoleTest.start();
});

afterAll(async () => {
  await test.stop();
});

describe("the queries behind a page", () => {
  it("open in the playground, which sends them with the console's token", async () => {
    const page = await test.open("", { token: test.demoToken });
    await page
      .getByRole("button", { name: "For developers: show the GraphQL of this page" })
      .click();
    const panel = page.getByRole("dialog", { name: "Queries of this page" });
    await panel.getByRole("region", { name: "Query" }).first().waitFor();
    await expectAccessible(page);
    const opening = page.waitForEvent("popup");
    await panel.getByRole("button", { name: "Open in the playground" }).first().click();
    const playground = await opening;
    await playground.locator(".view-line").first().waitFor();
    const answer = playground.waitForResponse((response) => {
      const sent = response.request().postDataJSON() as { query?: string } | null;
      return response.url().endsWith("/graphql") && !sent?.query?.includes("__schema");
    });
    await playground.getByRole("button", { name: "Execute query" }).click();
    expect(await (await answer).json()).toMatchObject({ data: expect.anything() as unknown });
    expect(playground.url()).toBe(`${test.origin}/playground`);
  });
});
