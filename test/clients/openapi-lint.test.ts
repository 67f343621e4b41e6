import { resolve } from "node:path";
import { lintFromString, loadConfig } from "@redocly/openapi-core";
import spectralCore, { type RulesetDefinition } from "@stoplight/spectral-core";
import spectralRulesets from "@stoplight/spectral-rulesets";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestServer } from "../support/server.js";

/** The source API's paths end with a slash, and so do those in its style. */
const PATHS_WITH_SLASH = [
  "/pockets/{slug}/charge/",
  "/pockets/{slug}/charge/{token}/",
  "/pockets/{slug}/debit/",
  "/pockets/{slug}/reverse/",
  "/pockets/{slug}/entries/{token}/",
];

let server: TestServer;
let source: string;

beforeAll(async () => {
  server = await TestServer.start();
  source = await (await fetch(new URL("/openapi.json", server.url))).text();
});

afterAll(() => server.stop());

describe("/openapi.json", () => {
  it("has no error and no warning by Redocly's recommended rules", async () => {
    const config = await loadConfig({ configPath: resolve("redocly.yaml") });
    const problems = await lintFromString({ source, absoluteRef: resolve("openapi.json"), config });
    const found = problems.map(({ ruleId, message, ignored, location: [at] }) => ({
      rule: ruleId,
      message,
      ignored,
      path: at?.pointer,
    }));
    expect(found.filter(({ ignored }) => !ignored)).toEqual([]);
    // Each exception of .redocly.lint-ignore.yaml is needed.
    expect(found.map(({ rule }) => rule)).toEqual(
      PATHS_WITH_SLASH.map(() => "no-path-trailing-slash"),
    );
  });

  it("has no error and no warning by Spectral's rules", async () => {
    const spectral = new spectralCore.Spectral();
    spectral.setRuleset({
      extends: [spectralRulesets.oas as unknown as RulesetDefinition],
      rules: {
        // The server is not published as a product of its own: it has no contact to name.
        "info-contact": "off",
      },
    });
    const found = (await spectral.run(source)).map(({ code, message, path }) => ({
      rule: String(code),
      message,
      path: path.map(String),
    }));
    expect(found).toMatchObject(
      PATHS_WITH_SLASH.map((path) => ({
        rule: "path-keys-no-trailing-slash",
        path: ["paths", path],
      })),
    );
  });
});
