import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { DOCUMENTS } from "../support/doc-examples.js";

/** The overview and a page for each subject. */
const ARCHITECTURE = [
  "ARCHITECTURE.md",
  ...readdirSync("docs/architecture").map((name) => `docs/architecture/${name}`),
];

/** The text of a document without code, which may look like a link. */
function proseOf(path: string): string {
  return readFileSync(path, "utf8")
    .replaceAll(/^( *)(`{3,})[\s\S]*?^\1\2$/gm, "")
    .replaceAll(/`[^`\n]+`/g, (code) => (code.includes("](") ? "" : code));
}

/** The anchors that GitHub generates for a document's headings. */
function anchorsOf(path: string): string[] {
  return [...proseOf(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

describe.each([
  ...DOCUMENTS,
  ...ARCHITECTURE,
  "SECURITY.md",
  "bench/README.md",
  "faults/README.md",
  "examples/README.md",
])("%s", (document) => {
  it("has no broken links into the repository", () => {
    const lost = [...proseOf(document).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = ""]) => target)
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => {
        const [file = "", anchor] = target.split("#");
        const path = file === "" ? document : join(dirname(document), file);
        return !existsSync(path) || (anchor !== undefined && !anchorsOf(path).includes(anchor));
      });
    expect(lost).toEqual([]);
  });
});

describe.each(ARCHITECTURE)("%s", (document) => {
  it("names only files and folders that exist", () => {
    const there = readdirSync("src", { recursive: true, encoding: "utf8" });
    const isThere = (name: string): boolean =>
      there.some((path) => path === name || path.endsWith(`/${name}`)) || existsSync(name);
    const named = [...readFileSync(document, "utf8").matchAll(/`([a-z0-9./-]+(?:\.ts|\/))`/g)].map(
      ([, name = ""]) => name.replace(/\/$/, ""),
    );
    expect(named.filter((name) => !name.startsWith(".") && !isThere(name))).toEqual([]);
  });
});

describe("ARCHITECTURE.md", () => {
  const overview = readFileSync("ARCHITECTURE.md", "utf8");

  it("describes every module of the source", () => {
    const modules = readdirSync("src", { withFileTypes: true }).filter((one) => one.isDirectory());
    expect(
      modules.map(({ name }) => name).filter((name) => !overview.includes(`\`${name}/\``)),
    ).toEqual([]);
  });

  it("links to every page about a subject", () => {
    expect(ARCHITECTURE.slice(1).filter((path) => !overview.includes(`](${path})`))).toEqual([]);
  });
});

describe("docs/README.md", () => {
  it("links to every document", () => {
    const index = readFileSync("docs/README.md", "utf8");
    const others = DOCUMENTS.filter((path) => !path.endsWith("README.md"));
    expect(others.filter((path) => !index.includes(`](${path.replace("docs/", "")})`))).toEqual([]);
  });
});
