import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

interface SourceFile {
  readonly path: string;
  readonly lines: number;
  /** Files of src that the file imports, including types. */
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

/** The top-level folder of src that contains a file; a file directly in src counts as its own folder. */
const moduleOf = (path: string): string => path.split("/")[0] ?? "";

/** `payments/charges`, or `payments` for a file directly in the module. */
const folderOf = (path: string): string => path.split("/").slice(0, -1).slice(0, 2).join("/");

/** The domain modules, each with its own records. */
const FEATURES = [
  "access",
  "audit-log",
  "customers",
  "events",
  "imports",
  "nodes",
  "orders",
  "payments",
  "pockets",
  "webhooks",
];

/** The role of a file according to its name: `order.store.ts` is a store. */
const roleOf = (path: string): string | undefined => /\.([a-z]+)\.ts$/.exec(path)?.[1];

function offenders(isWrong: (file: SourceFile, target: string) => boolean): string[] {
  return files.flatMap((file) =>
    file.imports
      .filter((target) => isWrong(file, target))
      .map((target) => `${file.path} imports ${target}`),
  );
}

/** Files that import a package of that name, outside the modules that may. */
function strangers(name: RegExp, mayUse: (path: string) => boolean): string[] {
  const using = files.filter(({ packages }) => packages.some((used) => name.test(used)));
  expect(using).not.toEqual([]);
  return using.map(({ path }) => path).filter((path) => !mayUse(path));
}

/** The other parts that each part of the source imports. */
function importsBetween(partOf: (path: string) => string): Map<string, Set<string>> {
  const importsOf = new Map<string, Set<string>>();
  for (const { path, imports } of files) {
    const own = importsOf.get(partOf(path)) ?? new Set();
    importsOf.set(partOf(path), own);
    for (const target of imports.map(partOf)) if (target !== partOf(path)) own.add(target);
  }
  return importsOf;
}

/** The parts in a dependency cycle. */
function cyclesOf(importsOf: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
    [...(importsOf.get(from) ?? [])].some((next) => {
      if (next === to) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return reaches(next, to, seen);
    });
  return [...importsOf.keys()].filter((one) => reaches(one, one));
}

describe("the source", () => {
  it("is organized in modules, except the program's entry point", () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.map(({ path }) => path).filter((path) => !path.includes("/"))).toEqual([
      "main.ts",
    ]);
  });

  it("has no cycle of modules", () => {
    expect(cyclesOf(importsBetween(moduleOf))).toEqual([]);
  });

  it("has no cycle of folders inside a module", () => {
    expect(cyclesOf(importsBetween(folderOf))).toEqual([]);
  });

  it("has no cycle of files", () => {
    expect(cyclesOf(new Map(files.map(({ path, imports }) => [path, new Set(imports)])))).toEqual(
      [],
    );
  });

  it("has no dependencies in shared/ and callers/ except on these two", () => {
    expect(
      offenders(
        ({ path }, target) =>
          /^(shared|callers)\//.test(path) && !/^(shared|callers)\//.test(target),
      ),
    ).toEqual([]);
  });

  it("goes from resolver to service to store", () => {
    const mayUseStores = ["service", "loader", "store"];
    expect(
      offenders(
        ({ path }, target) =>
          roleOf(target) === "store" &&
          moduleOf(path) !== "app" &&
          FEATURES.includes(moduleOf(path)) &&
          !mayUseStores.includes(roleOf(path) ?? ""),
      ),
    ).toEqual([]);
    expect(
      offenders(
        ({ path }, target) =>
          roleOf(path) === "store" && ["service", "resolver"].includes(roleOf(target) ?? ""),
      ),
    ).toEqual([]);
  });

  it("lets a feature reach another through its services, never its stores", () => {
    expect(
      offenders(
        ({ path }, target) =>
          roleOf(target) === "store" &&
          FEATURES.includes(moduleOf(path)) &&
          moduleOf(path) !== moduleOf(target),
      ),
    ).toEqual([]);
  });

  it("keeps rules pure: a feature's file without a role imports only rules, records and shared code", () => {
    const pure = files.filter(
      ({ path }) => FEATURES.includes(moduleOf(path)) && roleOf(path) === undefined,
    );
    expect(pure.length).toBeGreaterThan(10);
    const isPure = (target: string): boolean =>
      ["shared", "callers"].includes(moduleOf(target)) ||
      ["listing/cursor.ts", "listing/order.ts"].includes(target) ||
      (FEATURES.includes(moduleOf(target)) && [undefined, "record"].includes(roleOf(target)));
    expect(offenders((file, target) => pure.includes(file) && !isPure(target))).toEqual([]);
  });

  it("uses GraphQL only in resolvers, types, inputs, graphql/, listing/ and http/", () => {
    const knows = (path: string): boolean =>
      /^(graphql|http)\//.test(path) ||
      ["resolver", "type", "input"].includes(roleOf(path) ?? "") ||
      /^listing\/(connection|selection|page-selection|json-selection|graphql-class|object-type)\.ts$/.test(
        path,
      );
    expect(strangers(/^(graphql|type-graphql|@apollo\/.*)(\/|$)/, knows)).toEqual([]);
  });

  it("uses Fastify only in http/ and rest/", () => {
    // The application returns its Fastify server.
    const knows = (path: string): boolean => /^(http|rest)\/|^app\/app\.ts$/.test(path);
    expect(strangers(/^@?fastify(\/|$)/, knows)).toEqual([]);
  });

  it("sends requests only in webhooks/delivery/", () => {
    expect(strangers(/^undici$/, (path) => path.startsWith("webhooks/delivery/"))).toEqual([]);
  });

  it("accesses PostgreSQL only in database/, embedded-postgres/ and citus/", () => {
    const speaks = (path: string): boolean => /^(database|embedded-postgres|citus)\//.test(path);
    expect(strangers(/^pg$/, speaks)).toEqual([]);
    expect(strangers(/^@prisma\//, (path) => path.startsWith("database/"))).toEqual([]);
    expect(
      offenders(
        ({ path }, target) => target.includes("generated") && !path.startsWith("database/"),
      ),
    ).toEqual([]);
  });

  it("writes through Prisma Client in records/ alone, which enters each change in the audit trail", () => {
    const mayWrite = (path: string): boolean => /^(database|records)\//.test(path);
    expect(
      offenders(({ path }, target) => target === "database/prisma.ts" && !mayWrite(path)),
    ).toEqual([]);
  });

  it("has small files", () => {
    expect(
      files
        .filter(({ lines }) => lines > 250)
        .map(({ path, lines }) => `${path}: ${String(lines)}`),
    ).toEqual([]);
  });
});
