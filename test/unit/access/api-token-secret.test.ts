import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  hashOf,
  newApiTokenSecret,
  parseApiTokenSecret,
  shownPrefixOf,
} from "../../../src/access/api-token-secret.js";

describe("an API token's secret", () => {
  it("has an identifying prefix, and can be parsed", () => {
    for (let count = 0; count < 1_000; count++) {
      const secret = newApiTokenSecret();
      expect(secret).toMatch(/^pct_[0-9a-z]{47}$/);
      expect(parseApiTokenSecret(secret)).toBe(secret);
    }
  });

  it("differs in every one of its random characters from one to the next", () => {
    const secrets = Array.from({ length: 1_000 }, newApiTokenSecret);
    expect(new Set(secrets).size).toBe(1_000);
    for (let at = 4; at < 44; at++) {
      // All 32 characters are equally likely: a thousand draws miss one with a probability of about 10^-12.
      expect(new Set(secrets.map((secret) => secret[at])).size).toBe(32);
    }
  });

  it("has at least 128 random bits besides the visible prefix", () => {
    const shown = shownPrefixOf(newApiTokenSecret());
    expect((44 - shown.length) * 5).toBeGreaterThanOrEqual(128);
  });

  it("is refused with any one character changed, left out, or added", () => {
    const secret = newApiTokenSecret();
    for (let at = 0; at < secret.length; at++) {
      const other = secret[at] === "2" ? "3" : "2";
      expect(parseApiTokenSecret(secret.slice(0, at) + other + secret.slice(at + 1))).toBeNull();
      expect(parseApiTokenSecret(secret.slice(0, at) + secret.slice(at + 1))).toBeNull();
      expect(parseApiTokenSecret(`${secret.slice(0, at)}2${secret.slice(at)}`)).toBeNull();
    }
    expect(parseApiTokenSecret(secret.toUpperCase())).toBeNull();
  });

  it("is stored as its SHA-256", () => {
    const secret = newApiTokenSecret();
    expect(hashOf(secret)).toEqual(createHash("sha256").update(secret).digest());
  });
});
