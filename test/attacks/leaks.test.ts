import { type AddressInfo, type Server, type Socket, connect, createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newApiTokenSecret } from "../../src/access/api-token-secret.js";
import { newId } from "../../src/shared/uuid.js";
import { charge, newPhoneNumber } from "../support/pockets.js";
import { DataFolder, type ServerProcess } from "../support/process.js";
import { CHARGES, creating } from "../support/rest.js";
import { TestServer, newSecretKey } from "../support/server.js";
import { type Tenant, createTenant } from "../support/tenant.js";

/** A proxy between a server and PostgreSQL that can be cut permanently. */
class Line {
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly listener: Server) {}

  static async to({ port, hostname }: URL): Promise<Line> {
    const listener = createServer();
    const line = new Line(listener);
    listener.on("connection", (client) => {
      const postgres = connect(Number(port), hostname);
      for (const [socket, peer] of [
        [client, postgres],
        [postgres, client],
      ] as const) {
        line.sockets.add(socket);
        socket.on("error", () => undefined);
        socket.on("close", () => peer.destroy());
        socket.pipe(peer);
      }
    });
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    return line;
  }

  get port(): number {
    return (this.listener.address() as AddressInfo).port;
  }

  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.listener.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

/** Every table that the tests' requests write to, except the tokens, which every request needs. */
const WRITTEN = ["pocket_ledger", "pockets", "customers", "payment_charges", "payment_methods"];

const key = newSecretKey("leak");
const PROVIDER_SECRET = `pi_secret_${newId()}`;
const PERSON = { name: `Ada Leaked-${newId()}`, email: `ada-${newId()}@example.com` };
const numbers: string[] = [];

let server: TestServer;
let tenant: Tenant;
let folder: DataFolder;

beforeAll(async () => {
  server = await TestServer.start({ secretKeys: [key] });
  tenant = await createTenant(server, "Tenant");
  folder = await DataFolder.create();
});

afterAll(async () => {
  await folder.remove();
  await server.stop();
});

/** A new phone number in one of its five forms. */
function number(): string {
  const stored = newPhoneNumber();
  numbers.push(stored);
  const subscriber = stored.slice(2);
  const forms = ["98", "+98", "0098", "0", ""].map((prefix) => prefix + subscriber);
  return forms[numbers.length % forms.length]!;
}

/** What is in a text and must not be: secrets, and phone numbers in any of their forms. */
function leaksIn(text: string, made: readonly string[]): string[] {
  const { password } = new URL(server.database.url);
  const secrets = [
    ...[tenant.token, tenant.token.slice(0, -1), server.operatorToken, ...made],
    ...[PROVIDER_SECRET, key.key.toString("base64"), PERSON.name, PERSON.email],
    ...(password === "" ? [] : [password]),
  ];
  const subscribers = [...numbers, tenant.phoneNumber].map((stored) => stored.slice(2)).join("|");
  // Not within a decimal fraction: a sum of durations can end in the digits of a phone number.
  const phoneNumber = new RegExp(`(?<![.\\d])(?:0|(?:00)?98)?(?:${subscribers})`, "g");
  return [
    ...secrets.filter((secret) => text.includes(secret)),
    ...[...text.matchAll(phoneNumber)].map(([found]) => found),
  ];
}

type Kind = "answered" | "refused" | "failed";

/** Sends requests of every kind that contain secrets. @returns the statuses by kind. */
async function sendAll(to: ServerProcess, made: string[]): Promise<Record<Kind, number>> {
  const { origin } = new URL(to.url);
  const bearer = { authorization: `Token ${tenant.token}` };
  const json = { ...bearer, "content-type": "application/json" };
  const counts = { answered: 0, refused: 0, failed: 0 };
  const count = (status: number, isRefused: boolean): void => {
    counts[status >= 500 ? "failed" : status >= 400 || isRefused ? "refused" : "answered"]++;
  };

  const graphql = async (
    query: string,
    variables: Record<string, unknown> = {},
    authorization = `Token ${tenant.token}`,
  ): Promise<void> => {
    const answer = await to.send<Record<string, { secret?: string }> | null>(
      null,
      query,
      variables,
      {
        authorization,
      },
    );
    const { secret } = answer.data?.["createApiToken"] ?? {};
    if (secret !== undefined) made.push(secret);
    count(answer.status, answer.errors !== undefined);
  };
  const http = async (path: string, options: RequestInit = {}): Promise<void> => {
    const { status } = await fetch(origin + path, { headers: bearer, ...options });
    count(status, false);
  };
  const post = (path: string, body: string, headers: Record<string, string> = json) =>
    http(path, { method: "POST", body, headers });

  const chargeAll = `mutation ($input: ChargePocketsInput!) {
    chargePockets(input: $input) { results { status pocketCharge { id } } } }`;
  const input = (phones: readonly unknown[], slug = tenant.slug): Record<string, unknown> => ({
    input: {
      pocketGroupSlug: slug,
      charges: phones.map((phoneNumber) => charge({ phoneNumber: phoneNumber as string })),
    },
  });
  const createCharge = `mutation ($input: CreatePaymentChargeInput!) {
    createPaymentCharge(input: $input) { paymentCharge { id providerSecret } userErrors { code } } }`;
  const createCustomer = `mutation ($input: CreateCustomerInput!) {
    createCustomer(input: $input) { customer { id } userErrors { code } } }`;
  const createMethod = `mutation ($input: CreatePaymentMethodInput!) {
    createPaymentMethod(input: $input) { paymentMethod { id } userErrors { code } } }`;
  const createToken = `mutation ($input: CreateApiTokenInput!) {
    createApiToken(input: $input) { secret userErrors { code } } }`;
  const secret = JSON.stringify(PROVIDER_SECRET);
  const inUrl = (query: string): string => `/graphql?query=${encodeURIComponent(query)}`;
  const pocket = (phone: string): string =>
    `{ pocket(pocketGroupSlug: "${tenant.slug}", phoneNumber: "${phone}") { balance } }`;
  const filter = `{ paymentCharges(filter: { providerSecret: { eq: [${secret}] } }) {
    nodes { id providerSecret } } }`;
  const wrongSecret = {
    providerSecret: { secret: PROVIDER_SECRET },
    amountInCents: PROVIDER_SECRET,
  };
  const strange = { title: PERSON.name, [PROVIDER_SECRET]: number() };
  const inRest = (phone: string) =>
    JSON.stringify({ charges: [{ token: newId(), phone_number: phone, amount: 1 }] });

  await Promise.all([
    // Requests that succeed while the database works.
    graphql(chargeAll, input([number(), number(), number(), number(), number()])),
    graphql(createCustomer, { input: { ...PERSON, phoneNumber: number() } }),
    graphql(createCharge, { input: { amountInCents: 1, providerSecret: PROVIDER_SECRET } }),
    graphql(createMethod, {
      input: { provider: "STRIPE", identifier: PROVIDER_SECRET, methodType: "card" },
    }),
    graphql(
      createToken,
      { input: { name: "t", merchantId: tenant.id, scopes: ["POCKETS_READ"] } },
      `Token ${server.operatorToken}`,
    ),
    graphql(pocket(number())),
    graphql(filter),
    http(inUrl(pocket(number())), { headers: { ...bearer, "apollo-require-preflight": "true" } }),
    post(`/pockets/${tenant.slug}/charge/`, inRest(number())),
    post(
      CHARGES,
      JSON.stringify(creating({ amount_in_cents: 5, provider_secret: PROVIDER_SECRET })),
    ),
    http(`${CHARGES}?filter[provider_secret][eq]=${PROVIDER_SECRET}`),

    // Requests that are refused for their content.
    graphql(chargeAll, input([{ phone: number() }, number() + "0", PROVIDER_SECRET])),
    graphql(chargeAll, input([number()], `no-${PROVIDER_SECRET}`)),
    graphql(createCharge, { input: wrongSecret }),
    graphql(createCustomer, { input: { ...PERSON, ...strange } }),
    graphql(`{ paymentCharge(id: ${secret} `),
    graphql(
      `mutation { createPaymentCharge(input: { providerSecret: ${secret}, x: 1 }) { nothing } }`,
    ),
    graphql(`{ ${PROVIDER_SECRET.replace(/\W/g, "_")} }`),
    graphql(filter, {}, `Token ${tenant.token.slice(0, -1)}`),
    graphql(filter, {}, `Basic ${tenant.token}`),
    graphql(filter, {}, tenant.token),
    graphql(filter, {}, `Token ${made[0]!}`),
    http(`/graphql?token=${tenant.token}&query=${secret}`),
    http(`/${tenant.token}/${number()}`),
    http(`/pockets/${tenant.token}/charge/${PROVIDER_SECRET}/`),
    http(`${CHARGES}?filter[${PROVIDER_SECRET}][eq]=${number()}&sort=${tenant.token}`),
    http(`${CHARGES}/${PROVIDER_SECRET}`),
    post(
      `/pockets/${tenant.slug}/charge/`,
      `{"charges": [{"phone_number": "${number()}", ${secret}`,
    ),
    post(`/pockets/${tenant.slug}/charge/`, inRest(number()), {
      ...json,
      "content-type": "text/plain",
    }),
    post(
      CHARGES,
      JSON.stringify(creating({ provider_secret: { a: PROVIDER_SECRET }, x: number() })),
    ),
    post(CHARGES, PROVIDER_SECRET.padEnd(1_200_000, PROVIDER_SECRET)),
    post("/graphql", JSON.stringify({ query: { secret: PROVIDER_SECRET }, variables: number() })),
    post(
      "/graphql",
      JSON.stringify({ extensions: { persistedQuery: { sha256Hash: PROVIDER_SECRET } } }),
    ),
  ]);
  return counts;
}

/** A server with the most detailed log, and the created values that it must not log. */
interface Logging {
  readonly format: string;
  readonly line: Line;
  readonly running: ServerProcess;
  readonly made: string[];
}

async function startLogging(format: string): Promise<Logging> {
  const { url } = server.database;
  const line = await Line.to(new URL(url));
  const through = new URL(url);
  through.port = String(line.port);
  const running = await folder.startServer({
    DATABASE_URL: through.href,
    DATABASE_TIMEOUT_MS: "5000",
    PROVIDER_SECRET_KEYS: `${key.id}:${key.key.toString("base64")}`,
    LOG_LEVEL: "trace",
    LOG_FORMAT: format,
  });
  // The first secret is a token that was never issued.
  return { format, line, running, made: [newApiTokenSecret()] };
}

describe("servers with maximum logging, as json and pretty,", () => {
  it("reveal no token, secret, phone number or name in output and metrics", async () => {
    const { pool } = server.database;
    // Run them concurrently, because most of the time is spent waiting for the unreachable database.
    const all = await Promise.all(["json", "pretty"].map(startLogging));
    const sendToAll = () => Promise.all(all.map(({ running, made }) => sendAll(running, made)));

    for (const [index, well] of (await sendToAll()).entries()) {
      expect(well.failed, all[index]!.running.program.output).toBe(0);
      expect(well.answered).toBeGreaterThan(8);
      expect(well.refused).toBeGreaterThan(15);
    }

    // PostgreSQL refuses such a row, and its error repeats the whole row.
    for (const table of WRITTEN) {
      await pool.query(`alter table ${table} add constraint never check (false) not valid`);
    }
    for (const failing of await sendToAll()) expect(failing.failed).toBeGreaterThan(4);
    for (const table of WRITTEN) await pool.query(`alter table ${table} drop constraint never`);

    const metrics = await Promise.all(
      all.map(async ({ running }) => (await fetch(new URL("/metrics", running.url))).text()),
    );
    await Promise.all(all.map(({ line }) => line.cut()));
    for (const away of await sendToAll()) expect(away.failed).toBeGreaterThan(4);
    await Promise.all(all.map(({ running }) => running.stop()));

    const everySecret = all.flatMap(({ made }) => made);
    const leakedIn = (text: string): string[] => leaksIn(text, everySecret);
    expect(leakedIn(`phone=0${numbers[0]!.slice(2)} ${PROVIDER_SECRET}`)).toHaveLength(2);
    for (const { format, running } of all) {
      const { output } = running.program;
      expect(output, format).toContain("internal error");
      expect(output, format).toContain("the database could not be reached");
      const withThem = output.split("\n").filter((one) => leakedIn(one).length > 0);
      expect([leakedIn(output), withThem.slice(0, 3)], format).toEqual([[], []]);
    }
    for (const text of metrics) {
      expect(text).toContain("pocketcharge_http_request_duration_seconds");
      expect(leakedIn(text)).toEqual([]);
    }

    // The embedded PostgreSQL's log, with the settings that the server writes.
    const { rows } = await pool.query<{ log: string }>(
      "select pg_read_file(current_setting('data_directory') || '/server.log') as log",
    );
    expect(rows[0]!.log).toContain('violates check constraint "never"');
    expect(leakedIn(rows[0]!.log)).toEqual([]);
  });
});
