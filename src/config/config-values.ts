import { availableParallelism } from "node:os";
import { z } from "zod";
import { parseHost } from "../shared/host.js";
import { isTrustedProxy } from "../shared/trusted-proxy.js";
import { type RateLimit, parseRateLimit } from "../shared/rate-limit.js";
import { type SecretKey, parseSecretKeys } from "../shared/secret-key.js";

export const number = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
export const time = number(100, 600_000);
export const port = z.coerce.number().int().min(0).max(65_535);
export const httpAddress = z.url({ protocol: /^https?$/ });
export const flag = z.enum(["true", "false"]).transform((value) => value === "true");

/** The value is a secret: no error may repeat it. */
export const secretKeys = z.string().transform((text, context): SecretKey[] => {
  const keys = parseSecretKeys(text);
  if (keys !== null) return keys;
  const message =
    "expected id:key entries separated by commas, with keys of 32 bytes in base64 and unique ids";
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

/** As a browser sends it: a scheme and a host, a port perhaps, and nothing after them. */
export const origins = z.string().transform((text, context): string[] => {
  const all = text.split(",").map((part) => part.trim());
  const wrong = all.find((origin) => origin !== "*" && !isOrigin(origin));
  if (wrong === undefined) return all;
  const message = `expected origins separated by commas, such as https://app.example.com, or *; not ${JSON.stringify(wrong)}`;
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

function isOrigin(text: string): boolean {
  return /^https?:[^*]*$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

export const rateLimit = (least: number) =>
  z.string().transform((text, context): RateLimit => {
    const limit = parseRateLimit(text);
    if (limit !== null && limit.count >= least) return limit;
    const message = `expected a number from ${String(least)} and what it is for, such as 60000/minute or 5000/second; not ${JSON.stringify(text)}`;
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  });

export const trustedProxies = z.string().transform((text, context): string[] => {
  const all = text.split(",").map((part) => part.trim());
  const wrong = all.find((one) => !isTrustedProxy(one));
  if (wrong === undefined) return all;
  const message = `expected addresses separated by commas, such as 10.0.0.0/8, 2001:db8::1 or loopback; not ${JSON.stringify(wrong)}`;
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

/** Hosts as `parseHost` returns them. A port is refused, because every port of an allowed host is allowed. */
export const hosts = z.string().transform((text, context): string[] => {
  const all = text.split(",").map((part) => part.trim());
  const wrong = all.find(
    (one) => parseHost(one) === null || /:\d*$/.test(one.replace(/^\[.*\]/, "")),
  );
  if (wrong === undefined) return all.map((one) => parseHost(one) ?? one);
  const message = `expected hosts without ports, separated by commas, such as api.example.com or [2001:db8::1]; not ${JSON.stringify(wrong)}`;
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

export const postgresUrl = z.url({ protocol: /^postgres(ql)?$/ });

/** They hold passwords: no error may repeat one. */
export const postgresUrls = z.string().transform((text, context): string[] => {
  const all = text.split(",").map((part) => part.trim());
  const wrong = all.findIndex((url) => !postgresUrl.safeParse(url).success);
  if (wrong === -1) return all;
  const message = `expected PostgreSQL URLs separated by commas, such as postgresql://user:password@replica:5432/name; number ${String(wrong + 1)} is not one`;
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

const MAX_WORKERS = 64;

export const workers = z.string().transform((text, context): number => {
  if (text === "auto") return Math.min(availableParallelism(), MAX_WORKERS);
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= MAX_WORKERS) return Number(text);
  const message = `expected a number from 1 to ${String(MAX_WORKERS)}, or auto for one per core; not ${JSON.stringify(text)}`;
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});
