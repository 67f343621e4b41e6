import { availableParallelism } from "node:os";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import { LOCAL_PAGES, parseHost } from "../shared/host.js";
import { parseRateLimit } from "../shared/rate-limit.js";
import { parseDuration } from "../shared/duration.js";
import { parseSecretKeys } from "../shared/secret-key.js";

/**
 * A kind of value of a variable.
 *
 * @param expected describes valid values in the documentation and in error messages.
 * @param read returns undefined for an invalid string.
 * @param describeWrong describes an invalid string in error messages; returns "" if it may be a secret.
 */
function kind<T>(
  expected: string,
  read: (text: string) => T | undefined,
  describeWrong: (text: string) => string = quote,
) {
  const schema = z.string().transform((text, context): T => {
    const value = read(text);
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: `expected ${expected}${describeWrong(text)}` });
    return z.NEVER;
  });
  return schema.meta({ expected });
}

/** Like `kind`, for values separated by commas. The error message names the first invalid one. */
function listOf<T>(
  expected: string,
  readOne: (text: string) => T | undefined,
  describeWrong: (text: string, position: number) => string = quote,
) {
  const split = (text: string): string[] => text.split(",").map((part) => part.trim());
  return kind(
    expected,
    (text): readonly T[] | undefined => {
      const values = split(text).map(readOne);
      return values.every((value) => value !== undefined) ? values : undefined;
    },
    (text) => {
      const parts = split(text);
      const index = parts.findIndex((part) => readOne(part) === undefined);
      return describeWrong(parts[index] ?? text, index + 1);
    },
  );
}

const quote = (text: string): string => `; not ${JSON.stringify(text)}`;
const hide = (): string => "";

const passes =
  (isRight: (text: string) => boolean) =>
  (text: string): string | undefined =>
    isRight(text) ? text : undefined;

/** A duration with its unit. Its value is in milliseconds. */
export const timeSpan = kind("a number with `s`, `m`, `h` or `d`, such as `30d`", parseDuration);

export const text = kind("text", (value) => value);

function numberFrom(min: number, max: number, isRight: (value: number) => boolean) {
  return (value: string): number | undefined => {
    const number = Number(value);
    return isRight(number) && number >= min && number <= max ? number : undefined;
  };
}

export const wholeNumber = (min: number, max: number) =>
  kind(
    `a whole number from ${String(min)} to ${String(max)}`,
    numberFrom(min, max, Number.isInteger),
  );

export const ratio = kind("a number from 0 to 1", numberFrom(0, 1, Number.isFinite));

export const oneOf = <const T extends string>(names: readonly T[]) =>
  kind(`one of ${names.map((name) => `\`${name}\``).join(", ")}`, (value) =>
    names.find((name) => name === value),
  );

export const flag = kind("`true` or `false`", (value) =>
  ["true", "false"].includes(value) ? value === "true" : undefined,
);

const isHttpUrl = (value: string): boolean =>
  z.url({ protocol: /^https?$/ }).safeParse(value).success;
export const httpUrl = kind("a URL with `http` or `https`", passes(isHttpUrl));

/** The URL contains a password, so error messages must not repeat it. */
const isPostgresUrl = (value: string): boolean =>
  z.url({ protocol: /^postgres(ql)?$/ }).safeParse(value).success;
export const postgresUrl = kind(
  "a URL such as `postgresql://user:password@host:5432/name`",
  passes(isPostgresUrl),
  hide,
);
export const postgresUrls = listOf(
  "URLs such as `postgresql://user:password@replica:5432/name`, separated by commas",
  passes(isPostgresUrl),
  (_, position) => `; number ${String(position)} is not one`,
);

/** The value is a secret, so error messages must not repeat it. */
export const secretKeys = kind(
  "`id:key` entries, separated by commas, each key 32 bytes in base 64 and each id once",
  (value) => parseSecretKeys(value) ?? undefined,
  hide,
);

/** Origins as browsers send them: a scheme and a host, optionally a port, and no path. */
export const origins = listOf(
  "origins such as `https://app.example.com`, separated by commas; `localhost`; `none`; or `*`",
  passes((value) => ["*", "none", LOCAL_PAGES].includes(value) || isOrigin(value)),
);

function isOrigin(value: string): boolean {
  return /^https?:[^*]*$/.test(value) && URL.canParse(value) && new URL(value).origin === value;
}

/** Hosts as `parseHost` returns them. A port is refused, because every port of an allowed host is allowed. */
export const hosts = listOf(
  "hosts without ports, such as `api.example.com` or `[2001:db8::1]`, separated by commas",
  (value) =>
    /:\d*$/.test(value.replace(/^\[.*\]/, "")) ? undefined : (parseHost(value) ?? undefined),
);

export const rateLimit = (least: number) =>
  kind(
    `a number from ${String(least)} for each second or minute, such as \`60000/minute\` or \`5000/second\``,
    (value) => {
      const limit = parseRateLimit(value);
      return limit !== null && limit.count >= least ? limit : undefined;
    },
  );

/** Fastify's names for groups of addresses: loopback, link-local, and private networks. */
const ADDRESS_GROUPS = ["loopback", "linklocal", "uniquelocal"];

export const trustedProxies = listOf(
  "addresses or blocks of them, such as `10.0.0.0/8`, `2001:db8::1` or `loopback`, separated by commas",
  passes((value) => ADDRESS_GROUPS.includes(value) || isAddressBlock(value)),
);

export const networks = listOf(
  "blocks of addresses, such as `10.0.0.0/8` or `2001:db8::/32`, separated by commas",
  passes((value) => value.includes("/") && isAddressBlock(value)),
);

function isAddressBlock(value: string): boolean {
  const block = value.includes("/") ? value : `${value}/${value.includes(":") ? "128" : "32"}`;
  const isRight = ipaddr.IPv4.isValidCIDRFourPartDecimal(block) || ipaddr.IPv6.isValidCIDR(block);
  // Refuse /0: it would trust every address. Fastify does not know zones.
  return isRight && !block.includes("%") && ipaddr.parseCIDR(block)[1] > 0;
}

const MAX_WORKERS = 64;

export const workers = kind(
  `a number from 1 to ${String(MAX_WORKERS)}, or \`auto\` for one per core`,
  (value) => {
    if (value === "auto") return Math.min(availableParallelism(), MAX_WORKERS);
    return /^\d+$/.test(value) ? numberFrom(1, MAX_WORKERS, Number.isInteger)(value) : undefined;
  },
);
