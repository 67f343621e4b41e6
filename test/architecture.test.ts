import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

interface SourceFile {
  readonly path: string;
  readonly lines: number;
  /** Files of src that it imports, types included. */
  readonly imports: readonly string[];
  readonly packages: readonly string[];
}

const IMPORT =
  /^(?:import|export)\b[^;]*?from "([^"]+)";|^import "([^"]+)";|import\("([^"]+)"\)/gms;

const files: SourceFile[] = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts") && !path.includes("generated"))
  .map((path) => {
    const text = readFileSync(join("src", path), "utf8");
    const targets = [...text.matchAll(IMPORT)].map(
      (match) => match[1] ?? match[2] ?? match[3] ?? "",
    );
    return {
      path,
      lines: text.split("\n").length,
      imports: targets
        .filter((target) => target.startsWith("."))
        .map((target) =>
          relative("src", join("src", dirname(path), target)).replace(/\.js$/, ".ts"),
        ),
      packages: targets.filter((target) => !target.startsWith(".")),
    };
  });

/** From the outside in: a file imports from its own layer or from those after it, never from before. */
const LAYERS = [
  [
    ...["main.ts", "serve.ts", "workers", "commands", "server-app.ts", "demo"],
    ...["signals.ts", "report-failure.ts", "steady-heap.ts", "welcome.ts", "command-line.ts"],
  ],
  ["app.ts", "resolvers.ts", "compose"],
  ["backup"],
  ["http", "books"],
  ["pockets", "payments"],
  ["orders"],
  ["customers"],
  ["graphql", "listing", "access", "audit"],
  ["limits"],
  ["log.ts"],
  ["database"],
  ["metrics", "tracing"],
  ["config.ts"],
  ["config-values.ts"],
  ["shared"],
];

function layerOf(path: string): number {
  return LAYERS.findIndex((layer) => layer.includes(path.split("/")[0] ?? ""));
}

function offenders(isWrong: (file: SourceFile, target: string) => boolean): string[] {
  return files.flatMap((file) =>
    file.imports
      .filter((target) => isWrong(file, target))
      .map((target) => `${file.path} imports ${target}`),
  );
}

const importsPackage = (name: RegExp): string[] =>
  files.filter(({ packages }) => packages.some((used) => name.test(used))).map(({ path }) => path);

describe("the source", () => {
  it("is read whole: every file lies in a layer", () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.filter(({ path }) => layerOf(path) === -1).map(({ path }) => path)).toEqual([]);
  });

  it("imports in one direction", () => {
    expect(offenders(({ path }, target) => layerOf(target) < layerOf(path))).toEqual([]);
  });

  it("keeps graphql/ apart from the lists that are built on it", () => {
    expect(
      offenders(({ path }, target) => path.startsWith("graphql/") && target.startsWith("listing/")),
    ).toEqual([]);
  });

  it("has no cycle of files", () => {
    const importsOf = new Map(files.map(({ path, imports }) => [path, imports]));
    const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
      (importsOf.get(from) ?? []).some((next) => {
        if (next === to) return true;
        if (seen.has(next)) return false;
        seen.add(next);
        return reaches(next, to, seen);
      });
    expect(files.filter(({ path }) => reaches(path, path)).map(({ path }) => path)).toEqual([]);
  });

  it("goes from resolver to service to store", () => {
    expect(
      offenders(
        ({ path }, target) =>
          target.endsWith(".store.ts") &&
          !/\.(service|loader|store)\.ts$|^pockets\/charge-pockets\.ts$|^payments\/create-once\.ts$|^access\/(tokens-in-use|last-use-recorder)\.ts$|^compose\//.test(
            path,
          ),
      ),
    ).toEqual([]);
    expect(
      offenders(
        ({ path }, target) =>
          path.endsWith(".store.ts") && /\.(service|resolver)\.ts$/.test(target),
      ),
    ).toEqual([]);
  });

  it("lets a feature reach another through its services, never its stores", () => {
    const feature = (path: string): string => dirname(path);
    expect(
      offenders(
        ({ path }, target) =>
          target.endsWith(".store.ts") &&
          !path.startsWith("compose/") &&
          feature(path) !== feature(target),
      ),
    ).toEqual([]);
  });

  it("knows GraphQL in resolvers, types, inputs and graphql/ alone", () => {
    const knowing = importsPackage(/^(graphql|type-graphql|@apollo\/.*)(\/|$)/);
    const allowed =
      /\.(resolver|type|input)\.ts$|^graphql\/|^http\/|^listing\/(connection|selection|graphql-class|object-type)\.ts$/;
    expect(knowing.filter((path) => !allowed.test(path))).toEqual([]);
  });

  it("speaks to PostgreSQL in database/ alone", () => {
    const speaking = importsPackage(/^(pg|@prisma\/.*)$/);
    expect(speaking.filter((path) => !path.startsWith("database/"))).toEqual([]);
    expect(
      offenders(
        ({ path }, target) => target.includes("generated") && !path.startsWith("database/"),
      ),
    ).toEqual([]);
  });

  it("keeps pure rules pure: a file without a role imports only shared and its like", () => {
    const pure = [
      "pockets/pocket-charge.ts",
      "pockets/pocket-group.ts",
      "payments/payment-enums.ts",
      "payments/payment-transitions.ts",
      "payments/payment-input.ts",
      "payments/payment-references.ts",
      "access/caller.ts",
      "access/api-token-secret.ts",
    ];
    for (const path of pure) {
      const file = files.find((one) => one.path === path);
      expect(
        file?.imports.filter(
          (target) =>
            !/^shared\/|^access\/api-scope\.ts$|^payments\/payment-enums\.ts$/.test(target),
        ),
      ).toEqual([]);
    }
  });

  it("has small files", () => {
    expect(
      files
        .filter(({ lines }) => lines > 250)
        .map(({ path, lines }) => `${path}: ${String(lines)}`),
    ).toEqual([]);
  });
});
