import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Charge, type ChargeOutcome, chargePockets, newCharge } from "./charge-pockets.js";
import { Checkouts, type StepOutcome, newCheckout, newRefund } from "./checkout.js";
import { formatAmount } from "./format-amount.js";
import { RequestError, type Server } from "./request.js";
import { traceCharge } from "./trace-charge.js";
import { walkPaymentCharges } from "./walk-payment-charges.js";

const { POCKETCHARGE_URL, POCKETCHARGE_TOKEN, POCKETCHARGE_GROUP, DATA_DIR } = process.env;

async function main(): Promise<void> {
  const server: Server = {
    url: POCKETCHARGE_URL ?? "http://127.0.0.1:4000/graphql",
    token: POCKETCHARGE_TOKEN ?? (await readDemoToken()),
  };
  const group = POCKETCHARGE_GROUP ?? "my-pocket-group";

  const first = newCharge("989120000000", 10_000);
  const second = newCharge("09120000001", 20_000);
  console.log(`Two charges in ${group}:`);
  await show(chargePockets(server, group, [first, second]));

  console.log("The same request again, as after a lost response; nothing is charged twice:");
  await show(chargePockets(server, group, [first, second]));

  console.log("The first token with another amount:");
  const changed: Charge = { ...first, amount: 99_000 };
  await show(chargePockets(server, group, [changed]));

  console.log("The first charge, traced by its token:");
  const traced = await traceCharge(server, group, first.token);
  console.log(`  ${traced ? `made at ${traced.createdAt}` : "not made"}`);

  console.log("A checkout: 5,000 is held, 4,000 of it is captured, and 1,000 is refunded:");
  const checkouts = new Checkouts(server, group);
  const checkout = newCheckout("989120000000", 5_000);
  showStep("hold", await checkouts.reserve(checkout));
  showStep("capture", await checkouts.pay(checkout, 4_000));
  showStep("refund", await checkouts.refund(checkout, newRefund(1_000, "One item was missing")));

  console.log("Payment charges, page by page:");
  const counts = new Map<string, number>();
  let last = "none";
  for await (const charge of walkPaymentCharges(server)) {
    const { status, totalInCents: amount, currency, currencyMinorUnits: minorUnits } = charge;
    counts.set(status, (counts.get(status) ?? 0) + 1);
    last = formatAmount({ amount, currency, minorUnits });
  }
  for (const [status, count] of counts) console.log(`  ${status}: ${String(count)}`);
  console.log(`  the last one: ${last}`);

  console.log("A request that is refused:");
  try {
    await traceCharge(server, "no-such-group", first.token);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    console.log(`  ${error.message} (request ${error.requestId ?? "without id"})`);
  }
}

async function show(outcomes: Promise<ChargeOutcome[]>): Promise<void> {
  for (const outcome of await outcomes) {
    const { phoneNumber, amount } = outcome.charge;
    const end = outcome.isDone
      ? `done, balance ${String(outcome.pocketCharge.balanceAfter)}`
      : `${outcome.code ?? "ERROR"}: ${outcome.message}`;
    console.log(`  ${String(amount)} to ${phoneNumber}: ${end}`);
  }
}

function showStep(name: string, outcome: StepOutcome): void {
  const end = outcome.isDone
    ? `done, ${String(outcome.available ?? "?")} is available`
    : `${outcome.code ?? "ERROR"}: ${outcome.message}`;
  console.log(`  ${name}: ${end}`);
}

/** The token of the demo's merchant, which a server with an embedded database writes to its data folder. */
async function readDemoToken(): Promise<string> {
  const file = join(DATA_DIR ?? "data", "demo-token");
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (cause) {
    throw new Error(
      `Set POCKETCHARGE_TOKEN, or start the demo with npm start: ${file} does not exist.`,
      { cause },
    );
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
