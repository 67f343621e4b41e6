import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { oneIn } from "../support/runs.js";
import { type TestMerchant, TestServer } from "../support/server.js";

/** Days in two summers and two winters. PostgreSQL and Node may have different data for later years. */
const TIMES = ["2009-01-15", "2009-07-15", "2019-01-15", "2019-07-15"].map(
  (date) => `${date}T12:00:00Z`,
);

/**
 * Names that PostgreSQL lists but that are not places. It reads some of them as abbreviations, which are
 * different zones, such as CET without summer time.
 */
const NO_PLACES = [
  ...["CET", "CST6CDT", "EET", "EST", "EST5EDT", "HST", "MET", "MST", "MST7MDT", "PST8PDT", "WET"],
  ...["UCT", "Zulu", "Universal", "Greenwich", "GMT0", "GMT+0", "GMT-0", "Factory"],
];

let server: TestServer;
let merchant: TestMerchant;

beforeAll(async () => {
  server = await TestServer.start();
  merchant = await server.createMerchant();
  for (const succeededAt of TIMES)
    await server.ask(
      merchant.token,
      `mutation ($input: CreatePaymentChargeInput!) {
        createPaymentCharge(input: $input) { paymentCharge { id } }
      }`,
      {
        input: {
          amountInCents: 1,
          mode: "MANUAL",
          provider: "NONE",
          status: "SUCCEEDED",
          succeededAt,
        },
      },
    );
});

afterAll(() => server.stop());

interface Group {
  readonly key: { readonly succeededAt: string };
}

/** The starts of the days, or the reason why a zone is refused. Queries several zones at once. */
async function daysIn(zones: readonly unknown[]) {
  const declared = zones.map((_, at) => `$zone${String(at)}: String!`).join(", ");
  const groups = zones.map(
    (_, at) => `zone${String(at)}: groupBy(
      keys: [SUCCEEDED_AT], bucket: { unit: DAY, timeZone: $zone${String(at)} }
    ) { key { succeededAt } }`,
  );
  const query = `query (${declared}) { paymentCharges { ${groups.join(" ")} } }`;
  const variables = Object.fromEntries(zones.map((zone, at) => [`zone${String(at)}`, zone]));
  return server.send<{ paymentCharges: Readonly<Record<string, readonly Group[]>> } | null>(
    merchant.token,
    query,
    variables,
  );
}

const startsOf = (groups: readonly Group[] | undefined): string[] =>
  (groups ?? []).map(({ key }) => key.succeededAt);

/** The local time according to Node. */
function clockOf(time: string, timeZone: string): string {
  return new Date(time).toLocaleTimeString("en-GB", { timeZone });
}

async function expectRefusal(zone: unknown): Promise<void> {
  const { status, errors } = await daysIn([zone]);
  const what = JSON.stringify(zone).slice(0, 60);
  expect([status, errors?.map(({ extensions }) => extensions.code)], what).toEqual([
    400,
    ["BAD_USER_INPUT"],
  ]);
  expect(errors![0]!.message).toMatch(
    /^bucket\.timeZone .* must be the IANA name of a place|\$zone0/,
  );
  expect(errors![0]!.message.length).toBeLessThan(500);
}

describe("the name of a time zone", () => {
  it("from PostgreSQL's list is accepted in any case with the same days as in Node.js, unless it is not a place", async () => {
    const { rows } = await server.database.pool.query<{ name: string }>(
      "select name from pg_timezone_names where name !~ '^(posix|right)/' order by name",
    );
    const names = [
      ...new Set([...rows.map(({ name }) => name), ...Intl.supportedValuesOf("timeZone")]),
    ];
    const places = names.filter((name) => !NO_PLACES.includes(name));
    expect(places.length).toBeGreaterThan(400);
    const tried = oneIn(8, places);
    for (let from = 0; from < tried.length; from += 12) {
      const some = tried.slice(from, from + 12);
      const spelled = some.flatMap((name) => [name, name.toLowerCase(), name.toUpperCase()]);
      const { data, errors } = await daysIn(spelled);
      expect(errors, some.join()).toBeUndefined();
      for (const [at, name] of some.entries()) {
        const [own, lower, upper] = [0, 1, 2].map((way) =>
          startsOf(data?.paymentCharges[`zone${String(3 * at + way)}`]),
        );
        expect(
          own!.map((start) => clockOf(start, name)),
          name,
        ).toEqual(TIMES.map(() => "00:00:00"));
        expect([lower, upper], name).toEqual([own, own]);
      }
    }
  });

  it.each(NO_PLACES.flatMap((name) => [name, name.toLowerCase()]))("is refused: %s", expectRefusal);

  it.each(
    [
      ...["", " ", "/", "Asia", "Asia/", "Asia/ ", "Asia/Tehran ", " Asia/Tehran", "Asia//Tehran"],
      ...[
        "Asia/Tehran\n",
        "Asia/Tehran\0",
        "Asia/Tehran\u200b",
        "Asia/Te\u0301hran",
        "Аsia/Tehran",
      ],
      ...["Asia/../Asia/Tehran", "../Asia/Tehran", "/usr/share/zoneinfo/UTC", "posix/Asia/Tehran"],
      ...[
        "right/UTC",
        "localtime",
        "posixrules",
        "default",
        "SYSTEM",
        "Etc/Unknown",
        ":UTC",
        "<+03>-3",
      ],
      ...[
        "+05:30",
        "-05:30",
        "+0530",
        "+05",
        "5",
        "0",
        "Z",
        "UTC+3",
        "UTC-03:30",
        "GMT+3",
        "EST5EDT4",
      ],
      ...[
        "Etc/GMT+13",
        "Etc/GMT-15",
        "Etc/UTC+3",
        "Asia/Tehran+3",
        "Asia/Foo3",
        "Asia/Foo-3:30Bar",
      ],
      ...[
        "__proto__",
        "Etc/__proto__",
        "constructor",
        "Asia/constructor",
        "toString",
        "Asia/toString",
      ],
      ...[
        "PRT",
        "IST",
        "BST",
        "AST",
        "ACT",
        "JST",
        "infinity",
        "interval '1 hour'",
        "'; select 1; --",
      ],
      ...[`Asia/${"x".repeat(100_000)}`, "Asia/Tehran".repeat(10_000), "+".repeat(1_000)],
    ].map((zone) => [JSON.stringify(zone.slice(0, 60)), zone] as const),
  )("is refused: %s", (_, zone) => expectRefusal(zone));

  it.each([[null], [3.5], [true], [["UTC"]], [{ __proto__: null, id: "UTC" }]])(
    "is refused if it is not a string: %j",
    expectRefusal,
  );

  it("is refused in the same way when there is nothing to group", async () => {
    const other = await server.createMerchant();
    for (const zone of ["Asia/Foo+3", "CET", "+05:30", "__proto__"]) {
      const { errors } = await server.send(
        other.token,
        `query ($zone: String!) {
          paymentCharges { groupBy(keys: [CREATED_AT], bucket: { unit: DAY, timeZone: $zone }) { key { createdAt } } }
        }`,
        { zone },
      );
      expect(errors?.map(({ message }) => message)).toEqual([
        `bucket.timeZone ${JSON.stringify(zone)} must be the IANA name of a place, such as Asia/Tehran.`,
      ]);
    }
  });
});
