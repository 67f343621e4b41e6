import { readFileSync } from "node:fs";
import { type GraphQLEnumType, isInputObjectType, isObjectType } from "graphql";
import { describe, expect, it } from "vitest";
import { ApiScope } from "../../src/callers/api-scope.js";
import { readConfig } from "../../src/config/config.js";
import { VARIABLE_NAMES, withVariablesTable } from "../../src/config/describe-variables.js";
import { type EventType, wireNameOf } from "../../src/events/event-type.js";
import { EVENT_SCOPES } from "../../src/events/event-scope.js";
import { Metrics } from "../../src/observability/metrics/metrics.js";
import { WorkersMetrics } from "../../src/observability/metrics/workers-metrics.js";
import { unconnectedSchema } from "../../src/app/features.js";
import { valuesOf } from "../../src/shared/enumeration.js";
import { DOCUMENT_LIMITS } from "../../src/shared/request-limits.js";
import { DOCUMENTS, TRANSITIONS, blocksOf, codeIn, tableOf } from "../support/doc-examples.js";

const schema = unconnectedSchema();

describe("docs/configuration.md", () => {
  const rows = tableOf("docs/configuration.md", "# Configuration").map(([name, fallback = ""]) => ({
    name: codeIn(name)[0] ?? "",
    fallback,
  }));

  it("has the table that the code describes (npm run config:check writes it)", () => {
    const document = readFileSync("docs/configuration.md", "utf8");
    expect(document).toBe(withVariablesTable(document));
  });

  it.each(rows)("has the default of $name", ({ name, fallback }) => {
    const [value] = codeIn(fallback);
    const inProduction = /`([^`]+)` in production/.exec(fallback)?.[1] ?? value;
    for (const [env, said] of [
      [{}, value],
      [{ NODE_ENV: "production" }, inProduction],
    ] as const) {
      expect(readConfig({ ...env, ...(said === undefined ? {} : { [name]: said }) })).toEqual(
        readConfig(env),
      );
    }
  });
});

describe("docs/limits.md", () => {
  const rows = tableOf("docs/limits.md", "## What an operation may ask for");

  it("lists exactly the limits", () => {
    const fixed = ["length", "lines", "operations", "aliasLength", "chargePockets"];
    const limits = [...Object.keys(DOCUMENT_LIMITS), ...fixed];
    expect(rows.map(([limit]) => codeIn(limit)[0]).toSorted()).toEqual(limits.toSorted());
  });

  it.each(rows.filter(([, , variable]) => codeIn(variable).length > 0))(
    "has the default of %s: %s",
    (_limit, fallback, variable) => {
      const [name = ""] = codeIn(variable);
      expect(VARIABLE_NAMES).toContain(name);
      expect(readConfig({ [name]: fallback })).toEqual(readConfig({}));
    },
  );
});

describe("docs/observability.md", () => {
  it("lists exactly this server's own metrics", async () => {
    const pool = { totalCount: 0, idleCount: 0, waitingCount: 0 };
    const metrics = new Metrics(pool, { states: [] });
    const workers = new WorkersMetrics(() => 0);
    const text = `${await metrics.text()}\n${await workers.text()}`;
    const declared = [...text.matchAll(/^# TYPE (pocketcharge_\w+)/gm)].map(([, name]) => name);
    const documentedNames = tableOf("docs/observability.md", "## Metrics").map(
      ([name]) => codeIn(name)[0],
    );
    expect(documentedNames.toSorted()).toEqual(declared.toSorted());
  });
});

describe("docs/authentication.md", () => {
  /** The operations that each scope allows. Those for every token are under an empty name. */
  const documented = new Map(
    tableOf("docs/authentication.md", "## Scopes").map(([scope, opens]) => [
      codeIn(scope)[0] ?? "",
      codeIn(opens),
    ]),
  );
  const scopes = ["", ...valuesOf(ApiScope)];

  it("lists exactly the scopes", () => {
    expect([...documented.keys()].toSorted()).toEqual(scopes.toSorted());
  });

  it.each(scopes)(
    "lists exactly the operations that the schema allows for the scope %j",
    (scope) => {
      // The documentation may define a scope by reference to another one.
      const documentedNames = (documented.get(scope) ?? []).flatMap(
        (name) => documented.get(name) ?? [name],
      );
      expect(documentedNames.toSorted()).toEqual(openedBy(scope).toSorted());
    },
  );
});

function openedBy(scope: string): string[] {
  // This scope allows no operation, but reveals the value of a field.
  if (scope === "PROVIDER_SECRETS_READ") return ["providerSecret"];
  return Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .flatMap((type) =>
      Object.values(type.getFields())
        .filter(({ extensions }) => {
          const allowed = extensions["allowedScopes"] as string[] | undefined;
          return scope === "" ? allowed?.length === 0 : allowed?.includes(scope);
        })
        .map(({ name }) =>
          ["Query", "Mutation"].includes(type.name) ? name : `${type.name}.${name}`,
        ),
    );
}

describe("docs/events.md", () => {
  const values = (schema.getType("EventType") as GraphQLEnumType).getValues();

  it("lists exactly the types of events, each with the type of its data", () => {
    const documented = tableOf("docs/events.md", "## Types").flatMap(([types, data]) =>
      codeIn(types).map((type) => [type, ...codeIn(data)]),
    );
    const declared = values.map(({ name, description }) => {
      const [, data] = /`data` is the (?:\w+'s )?`(\w+)`/.exec(description ?? "") ?? [];
      return [name, data];
    });
    expect(documented.toSorted()).toEqual(declared.toSorted());
  });

  it("has the names of types in webhooks", () => {
    const document = readFileSync("docs/events.md", "utf8");
    const pairs = [...document.matchAll(/`([A-Z_]+)`\s+is\s+`([a-z_.]+)`/g)];
    expect(pairs.length).toBeGreaterThan(1);
    for (const [, type, name] of pairs) expect(wireNameOf(type as EventType)).toBe(name);
  });

  it("lists the scopes that read events", () => {
    const documented = tableOf("docs/events.md", "## Who sees an event").map(
      ([scope]) => codeIn(scope)[0],
    );
    const scopes = EVENT_SCOPES.filter((scope) => scope !== "OPERATOR");
    expect(documented.toSorted()).toEqual(scopes.toSorted());
  });
});

describe("docs/filtering-and-aggregating.md", () => {
  const rows = tableOf("docs/filtering-and-aggregating.md", "## Filters").map(
    ([kind = "", operators]) => ({ kind, operators: codeIn(operators) }),
  );
  const kindOf: Readonly<Record<string, string>> = {
    IDFilter: "ids",
    StringFilter: "texts",
    AmountFilter: "amounts",
    IntFilter: "integers",
    DateTimeFilter: "times",
    BooleanFilter: "booleans",
    MetadataFilter: "metadata",
  };
  const filters = Object.values(schema.getTypeMap())
    .filter(isInputObjectType)
    .map((type) => ({ name: type.name, operators: Object.keys(type.getFields()) }))
    .filter(({ name, operators }) => name.endsWith("Filter") && !operators.includes("and"));

  it.each(filters)("lists the operators of $name", ({ name, operators }) => {
    const row = rows.find(({ kind }) => kind === (kindOf[name] ?? "enums"));
    expect(row?.operators.toSorted()).toEqual(operators.toSorted());
  });

  it("mentions only existing kinds of fields", () => {
    const kinds = new Set(filters.map(({ name }) => kindOf[name] ?? "enums"));
    expect(rows.map(({ kind }) => kind).toSorted()).toEqual([...kinds].toSorted());
  });
});

describe("the diagrams of the documents", () => {
  it("draw the transitions of charges, refunds, authorizations and holds", () => {
    const titles = DOCUMENTS.flatMap(blocksOf)
      .filter(({ language }) => language === "mermaid")
      .map(({ text }) => /^title: (.+)$/m.exec(text)?.[1]);
    expect(titles.toSorted()).toEqual(Object.keys(TRANSITIONS).toSorted());
  });
});
