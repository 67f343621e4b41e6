import fc from "fast-check";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { newApiTokenSecret, shownPrefixOf } from "../../src/access/api-token-secret.js";
import { LOG_SERIALIZERS, masked } from "../../src/observability/log.js";
import { withoutSeparators } from "../../src/shared/phone-number.js";
import { spellingOf, subscriber } from "../support/phone-spellings.js";

describe("a line of the log", () => {
  it.each(["Token @", '{"token":"@"}', "/path/@/more", "@@"])(
    "never contains a complete token: %s",
    (text) => {
      const secret = newApiTokenSecret();
      const line = masked(text.replaceAll("@", secret));
      expect(line).not.toContain(secret.slice(0, 20));
      expect(line).toContain(`${shownPrefixOf(secret)}…`);
    },
  );

  it.each(["989123456789", "+989123456789", "00989123456789", "09123456789", "9123456789"])(
    "shows only the beginning and end of the phone number %s",
    (number) => {
      expect(masked(`{"detail":"(${number})"}`)).toBe(
        `{"detail":"(${number.slice(0, -8)}…${number.slice(-2)})"}`,
      );
    },
  );

  it.each([
    ["+4915123456789", "+49…89"],
    ["4915123456789", "49…89"],
    ["+1 (201) 555-0123", "+1 (2…23"],
    ["004915123456789", "00…89"],
  ])("shows only the beginning and end of %s, of another country", (number, shown) => {
    expect(masked(`{"detail":"<${number}>"}`)).toBe(`{"detail":"<${shown}>"}`);
  });

  it("shows only the first and last digits of a pasted phone number", () => {
    fc.assert(
      fc.property(
        subscriber.chain((digits) => fc.tuple(fc.constant(digits), spellingOf(digits))),
        ([digits, text]) => {
          const written = masked(JSON.stringify({ detail: `<${text}>\n${text}` }));
          const { detail } = JSON.parse(written) as { detail: string };
          const line = withoutSeparators(detail);
          expect(line).not.toContain(digits.slice(2, 8));
          expect(line).toContain("…");
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it.each([
    '{"time":"2026-11-21T19:43:14.989Z","reqId":"01988f7a-d22b-7c3d-977f-989123456789"}',
    '{"pid":98912,"responseTime":0.0912345678912}',
    '{"bytes":4915123456789,"text":"1764378329000 of 4930123456"}',
    '{"apiToken":"pct_abc123","amount":9007199254740991}',
  ])("is unchanged without either: %s", (line) => {
    expect(masked(line)).toBe(line);
  });
});

describe("a logged error", () => {
  function logged(err: unknown): Record<string, unknown> {
    const lines: string[] = [];
    const log = pino({ serializers: LOG_SERIALIZERS }, { write: (line) => lines.push(line) });
    log.error({ err }, "failed");
    return (JSON.parse(lines[0]!) as { err: Record<string, unknown> }).err;
  }

  it("reports the constraint and table, but no row values", () => {
    const error = Object.assign(new Error('violates check constraint "never"'), {
      code: "23514",
      table: "customers",
      detail: "Failing row contains (Ada, 989123456789).",
      where: "COPY customers, line 1",
    });
    const { stack, ...rest } = logged(error);
    expect(stack).toContain("violates check constraint");
    expect(rest).toEqual({
      type: "Error",
      message: error.message,
      code: "23514",
      table: "customers",
    });
  });

  it("contains no row values from nested errors", () => {
    const cause = { code: "23514", detail: "Failing row contains (Leaked)." };
    const inner = Object.assign(new Error("inner"), { meta: { driverAdapterError: { cause } } });
    const outer = Object.assign(new AggregateError([inner], "outer"), { first: inner });
    const text = JSON.stringify(logged(outer));
    expect(text).toContain("23514");
    expect(text).not.toContain("Leaked");
  });

  it("is written even if it contains itself", () => {
    const error: Error & { self?: unknown; within?: object } = new Error("round");
    error.within = { error: { self: error } };
    expect(logged(error)).toMatchObject({ message: "round" });
  });

  it("names a connection or other object of an error without logging its content", () => {
    class Connection {
      readonly password = "hunter2";
    }
    const error = Object.assign(new Error("broke"), { client: new Connection() });
    expect(logged(error)).toMatchObject({ message: "broke", client: "[Connection]" });
  });
});
