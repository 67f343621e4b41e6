import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

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
  "No Chromium or Chrome was found. Install one (Debian: apt-get install chromium), or name its program " +
  "with CHROMIUM_PATH.";

/** Starts a headless browser. The caller must close it. */
export async function openBrowser(): Promise<Browser> {
  const program = process.env["CHROMIUM_PATH"] ?? PLACES.find((place) => existsSync(place));
  if (program === undefined) throw new Error(MISSING);
  // Chromium refuses to run as root inside its sandbox.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: program, args });
}
