import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as {
  version: string;
  dependencies: Record<string, string>;
};
const packed = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
  encoding: "utf8",
  stdio: ["ignore", "pipe", "ignore"],
  shell: process.platform === "win32",
});
const [{ files }] = JSON.parse(packed) as [{ files: { path: string }[] }];
const paths = files.map(({ path }) => path);

const KINDS = [
  /^(package\.json|README\.md|CHANGELOG\.md|LICENSE|schema\.graphql)$/,
  /^bin\/[\w-]+\.mjs$/,
  /^console\/dist\/(index\.html|assets\/[\w.-]+\.(js|css))$/,
  /^dist\/programs\/[\w/.-]+\.js$/,
  /^prisma\/migrations\/(\d+_\w+\/migration\.sql|migration_lock\.toml)$/,
  /^public\/(home|playground|docs)\/[\w.-]+$/,
  /^docs\/(clients\/)?[\w-]+\.md$/,
];

const IMPORT =
  /^(?:import|export)\b[^;"']*? from ["']([^"']+)["'];|^import ["']([^"']+)["'];|\bimport\("([^"]+)"\)/gm;

/** Every package that a packed file imports by name. */
const imports = paths
  .filter((path) => /^(bin|dist)\//.test(path))
  .flatMap((path) =>
    [...readFileSync(path, "utf8").matchAll(IMPORT)].map(([, from, bare, dynamic]) => ({
      path,
      target: from ?? bare ?? dynamic ?? "",
    })),
  );

describe("the package", () => {
  it("contains only runtime files", () => {
    expect(paths.filter((path) => !KINDS.some((kind) => kind.test(path)))).toEqual([]);
  });

  it("contains every migration and every file of the pages", () => {
    const needed = [
      ...readdirSync("prisma/migrations").filter((name) => /^\d/.test(name)),
      ...readdirSync("console/dist/assets"),
      ...readdirSync("public/playground"),
      ...readdirSync("public/docs"),
    ];
    expect(needed.length).toBeGreaterThan(4);
    expect(needed.filter((name) => !paths.some((path) => path.includes(name)))).toEqual([]);
  });

  it("contains or depends on everything that its files import", () => {
    expect(imports.length).toBeGreaterThan(100);
    const isThere = ({ path, target }: (typeof imports)[number]): boolean => {
      if (target.startsWith(".")) return paths.includes(join(dirname(path), target));
      const name = target.split("/").slice(0, target.startsWith("@") ? 2 : 1);
      return target.startsWith("node:") || Object.hasOwn(manifest.dependencies, name.join("/"));
    };
    const isOfNode = ({ target }: { target: string }): boolean => builtinModules.includes(target);
    // TypeGraphQL imports it only for its argument validation, which is disabled.
    const isNeverLoaded = ({ target }: { target: string }): boolean => target === "class-validator";
    const missing = imports.filter((one) => !isThere(one) && !isOfNode(one) && !isNeverLoaded(one));
    expect(missing).toEqual([]);
  });
});

describe("pocketcharge", () => {
  const pocketcharge = (...args: string[]): { status: number | null; output: string } => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ["bin/pocketcharge.mjs", ...args],
      { encoding: "utf8" },
    );
    return { status, output: `${stdout}${stderr}` };
  };

  it("prints its version", () => {
    expect(pocketcharge("--version")).toEqual({ status: 0, output: `${manifest.version}\n` });
  });

  it("has every command of src/commands in its help", () => {
    const { status, output } = pocketcharge("--help");
    expect(status).toBe(0);
    const commands = readdirSync("src/commands")
      .map((file) => file.replace(".ts", ""))
      // The first two write files of the clone; the third is shared by all commands.
      .filter((name) => !["emit-configuration", "emit-schema", "run-command"].includes(name));
    const listed = [...output.matchAll(/^ {2}([a-z][a-z-]*) {2,}\w/gm)].map(([, name]) => name);
    expect(listed.toSorted()).toEqual([...commands, "serve"].toSorted());
    const program = readFileSync("bin/pocketcharge.mjs", "utf8");
    for (const name of commands) expect(program).toContain(`"commands/${name}"`);
  });

  it("refuses an unknown command, and lists the known ones", () => {
    expect(pocketcharge("charge")).toMatchObject({
      status: 2,
      output: expect.stringMatching(/Unknown command "charge"[\s\S]*operator-token/) as string,
    });
    expect(pocketcharge("migrate", "--force")).toMatchObject({
      status: 2,
      output: expect.stringContaining("migrate takes no arguments") as string,
    });
  });
});
