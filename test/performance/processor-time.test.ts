import { Agent, request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LargeRequest, attacksOn, introspectionAttacks } from "../support/large-requests.js";
import { oneIn } from "../support/runs.js";
import { TestServer } from "../support/server.js";
import { createTenant } from "../support/tenant.js";

/** Documents above the smaller size are refused unread. */
const SIZES = [250_000, 1_000_000] as const;

/**
 * Below this time, the JavaScript engine's own work exceeds the cost of the request. A large request makes it collect
 * garbage, which takes longer the more it must keep: here, three schemas.
 */
const FLOOR_MS = 15;
/** The most expensive requests take 200 to 280 ms on a quiet core, so a lower limit would fail on a busy one. */
const MAX_MS = 400;
/** Twice the bytes may take at most three times as long. The sizes differ by two doublings to reduce noise. */
const MAX_GROWTH = 3 * 3;
/** The smaller size is measured repeatedly if its value matters, because a too high one would hide the growth. */
const TRIES_OF_THE_LEAST = 3;
/** Apparent failures are measured again, because other processes on the machine slow each try down. */
const TRIES_OF_A_FAULT = 10;

/** The time of `yardstick` on an idle core of the slowest kind that the limit is meant for. */
const YARDSTICK_MS = 14;

/**
 * Does fixed work like a server's. @returns the median processor time of the tries, in milliseconds. The best try
 * would understate how much other processes slow a request down.
 */
function yardstick(): number {
  const records = Array.from({ length: 20_000 }, (_, id) => ({ id, name: `n${String(id)}` }));
  const times = Array.from({ length: TRIES_OF_A_FAULT }, () => {
    const before = process.cpuUsage();
    JSON.parse(JSON.stringify(records));
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  });
  return times.sort((one, other) => one - other)[TRIES_OF_A_FAULT / 2]!;
}

/** The factor by which this machine is currently slower; at least 1. */
function slowness(): number {
  return Math.max(1, yardstick() / YARDSTICK_MS);
}

let server: TestServer;
let open: TestServer;
let agent: Agent;
let token: string;
let targets: { slug: string; paymentChargeId: string };

beforeAll(async () => {
  server = await TestServer.start({ introspection: false, documentLimits: {} });
  open = await TestServer.start({ introspection: true, documentLimits: {} });
  agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const tenant = await createTenant(server, "Tenant");
  ({ token } = tenant);
  targets = tenant;
});

afterAll(async () => {
  agent.destroy();
  await Promise.all([server.stop(), open.stop()]);
});

/** Sends a request and reads its response. @returns the status; 0 if the connection was closed. */
function send({ method, path, headers, body }: LargeRequest, to: TestServer): Promise<number> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(to.url);
    const sent = request({ agent, method, path, headers, hostname, port }, (answer) => {
      answer.resume();
      answer.once("close", () => {
        resolve(answer.statusCode ?? 0);
      });
    });
    // The server closes the connection when it refuses a partly read request.
    sent.once("error", () => {
      resolve(0);
    });
    sent.end(body);
  });
}

interface Cost {
  readonly status: number;
  readonly ms: number;
}

/** The processor time of this process, both for the server and for sending the request. */
async function costOf(large: LargeRequest, to = server, tries = 1): Promise<Cost> {
  let best = { status: 0, ms: Infinity };
  for (
    let left = tries;
    left > 0 && best.ms > 2 * FLOOR_MS && (best.ms === Infinity || best.ms < 4 * MAX_MS);
    left--
  ) {
    const before = process.cpuUsage();
    const status = await send(large, to);
    const { user, system } = process.cpuUsage(before);
    const ms = (user + system) / 1_000;
    if (ms < best.ms) best = { status, ms };
  }
  return best;
}

function describeFailure(name: string, costs: readonly Cost[]): string {
  return `${name}: ${costs.map(({ status, ms }) => `${ms.toFixed(0)} ms (${String(status)})`).join(", ")}`;
}

/** Tells whether a request costs too much, costs more than in proportion to its bytes, or causes a server error. */
function isFault(costs: readonly Cost[], slower = 1): boolean {
  const [least = 0, most = 0] = costs.map(({ ms }) => ms);
  return (
    costs.some(({ ms }) => ms > MAX_MS * slower) ||
    most > MAX_GROWTH * Math.max(least, FLOOR_MS * slower) ||
    costs.some(({ status }) => status >= 500)
  );
}

describe("A large request", () => {
  it("takes time in proportion to its bytes, below a fixed limit, with a token and without", async () => {
    const refused: string[] = [];
    const attacks = attacksOn(targets);
    // Without a token, the server does less of the same.
    const anonymous = new Set(oneIn(4, attacks));
    for (const each of attacks) {
      const [name, attack] = each;
      const callers = {
        "with a token": { authorization: `Token ${token}` },
        ...(anonymous.has(each) ? { "without a token": {} } : {}),
      };
      const [small, large] = SIZES.map(attack) as [LargeRequest, LargeRequest];
      for (const [who, authorization] of Object.entries(callers)) {
        const by = (sent: LargeRequest): LargeRequest => ({
          ...sent,
          headers: { ...authorization, ...sent.headers },
        });
        const measure = async (): Promise<Cost[]> => {
          const most = await costOf(by(large));
          const tries = most.ms > MAX_GROWTH * FLOOR_MS ? TRIES_OF_THE_LEAST : 1;
          return [await costOf(by(small), server, tries), most];
        };
        let costs = await measure();
        const isTrueFault = (): boolean => isFault(costs) && isFault(costs, slowness());
        for (let tries = 1; isTrueFault() && tries < TRIES_OF_A_FAULT; tries++) {
          const others = await measure();
          costs = costs.map((cost, at) => (others[at]!.ms < cost.ms ? others[at]! : cost));
        }
        if (isTrueFault()) refused.push(describeFailure(`${name}, ${who}`, costs));
      }
    }
    expect(refused).toEqual([]);
  }, 300_000);
});

describe("An introspection query", () => {
  it("costs no more than a large request, or is refused", async () => {
    const costs: (Cost & { readonly name: string })[] = [];
    for (const [name, question] of oneIn(2, introspectionAttacks())) {
      let cost = await costOf(question, open);
      if (cost.ms > MAX_MS) cost = await costOf(question, open, TRIES_OF_A_FAULT);
      costs.push({ name, ...cost });
    }
    const limit = MAX_MS * slowness();
    expect(costs.filter(({ ms, status }) => ms > limit || ![200, 400].includes(status))).toEqual(
      [],
    );
    expect(new Set(costs.map(({ status }) => status))).toEqual(new Set([200, 400]));
  }, 300_000);
});
