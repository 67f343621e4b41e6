import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { describe } from "vitest";

const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/snap/bin/chromium",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];
const MISSING =
  "No Chromium or Chrome was found, so what only a browser can show is not tested. " +
  "Install one (Debian: apt-get install chromium), or name its program with CHROMIUM_PATH.";

const program = process.env["CHROMIUM_PATH"] ?? PLACES.find((place) => existsSync(place));
const isNeeded = process.env["CI"] !== undefined;
if (program === undefined) console.warn(MISSING);

/** Runs tests in a real browser. Without a browser they are skipped with a warning, but never in CI. */
export const describeInBrowser = describe.skipIf(program === undefined && !isNeeded);

/** Starts a headless browser. The caller must close it. */
export async function openBrowser(): Promise<Browser> {
  if (program === undefined) throw new Error(MISSING);
  // Chromium refuses to run as root inside its sandbox.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: program, args });
}
