import type { Page } from "playwright-core";
import {
  type ConsoleTest,
  DESKTOP,
  PHONE,
  expectAccessible,
  expectNoSidewaysScrolling,
} from "./console.js";

/**
 * Opens a page in both widths and both color schemes, and checks each with axe. With CONSOLE_SHOTS, it also writes
 * screenshots into that folder.
 *
 * @param ready resolves once the page shows its data.
 */
export async function expectGoodLooks(
  test: ConsoleTest,
  path: string,
  ready: (page: Page) => Promise<unknown>,
  options: { readonly token?: string; readonly name?: string } = {},
): Promise<void> {
  for (const size of [DESKTOP, PHONE]) {
    for (const isDark of [false, true]) {
      const page = await test.open(path, { ...options, size, isDark });
      await ready(page);
      await expectAccessible(page);
      await expectNoSidewaysScrolling(page);
      const folder = process.env["CONSOLE_SHOTS"];
      if (folder !== undefined) {
        const name = `${options.name ?? path.replaceAll("/", "-")}-${String(size.width)}-${isDark ? "dark" : "light"}`;
        await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
      }
      await page.context().close();
    }
  }
}
