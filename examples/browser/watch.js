import { request } from "./request.js";
import { subscribe } from "./subscribe.js";
import { showCharges, showNothing, showTotals, showTrouble } from "./view.js";

const RETRY_MS = 3_000;
const SHOWN = 20;

const CHARGE = `fragment Charge on PaymentCharge {
  id createdAt updatedAt status totalInCents currency provider description
}`;

const NEWEST = `query Newest { paymentCharges(first: ${SHOWN}) { nodes { ...Charge } } } ${CHARGE}`;

// Group by currency too, because amounts in several currencies must not be added.
const TOTALS = `query Totals {
  paymentCharges {
    totalCount
    groupBy(keys: [STATUS, CURRENCY]) {
      key { status currency }
      aggregate { count sum { totalInCents } }
    }
  }
}`;

const CHANGES = `subscription Changes($after: String) {
  paymentChargeChanged(after: $after) { ...Charge }
} ${CHARGE}`;

/** Shows the charges of one connection until it is ended. */
export class Watch {
  /** The newest charges. */
  charges = [];
  /** The cursor of the last result; null before the first. */
  after = null;
  stream = new AbortController();
  hasEnded = false;
  hasStaleTotals = false;
  isLoadingTotals = false;

  constructor(connection) {
    this.connection = connection;
    showNothing();
  }

  end() {
    this.hasEnded = true;
    this.stream.abort();
  }

  /** Subscribes, and subscribes again when the stream ends. */
  async run() {
    while (!this.hasEnded) {
      await this.follow().catch((error) => this.showTrouble(error));
      this.stream.abort();
      await delay(RETRY_MS);
    }
  }

  async follow() {
    const { connection, after } = this;
    this.stream = new AbortController();
    const operation = { query: CHANGES, variables: { after } };
    const results = await subscribe(connection, operation, this.stream.signal);
    // Load the list after the stream has opened, so that no change is missed in between. A stream that continues after a
    // cursor sends what has changed since, so the list is loaded only once.
    if (after === null) await this.loadNewest();
    await this.loadTotals();
    for await (const { result, cursor } of results) {
      this.after = cursor ?? this.after;
      this.keep(result.paymentChargeChanged);
      this.show(showCharges, this.charges, result.paymentChargeChanged.id);
      void this.refreshTotals();
    }
  }

  async loadNewest() {
    const { paymentCharges } = await request(this.connection, { query: NEWEST });
    for (const charge of paymentCharges.nodes) this.keep(charge);
    this.show(showCharges, this.charges);
  }

  async refreshTotals() {
    await this.loadTotals().catch(async (error) => {
      this.showTrouble(error);
      await delay(RETRY_MS);
      if (!this.hasEnded) void this.refreshTotals();
    });
  }

  /** Loads the totals. If they are being loaded, they are loaded once more afterwards. */
  async loadTotals() {
    this.hasStaleTotals = true;
    if (this.isLoadingTotals) return;
    this.isLoadingTotals = true;
    try {
      while (this.hasStaleTotals) {
        this.hasStaleTotals = false;
        const { paymentCharges } = await request(this.connection, { query: TOTALS });
        this.show(showTotals, paymentCharges);
      }
    } finally {
      this.isLoadingTotals = false;
    }
  }

  /** Keeps the newer state of a charge: the list and the stream may return it in any order. */
  keep(charge) {
    const known = this.charges.find(({ id }) => id === charge.id);
    if (known !== undefined && known.updatedAt >= charge.updatedAt) return;
    const others = this.charges.filter((one) => one !== known);
    this.charges = [charge, ...others].sort(newestFirst).slice(0, SHOWN);
  }

  /** Shows something, unless another connection is shown by now. */
  show(how, ...what) {
    if (!this.hasEnded) how(...what);
  }

  showTrouble(error) {
    this.show(showTrouble, error, this.connection.url);
  }
}

/** Compares timestamps and ids as text, because the server's are in the order of their characters. */
function newestFirst(a, b) {
  return a.createdAt + a.id < b.createdAt + b.id ? 1 : -1;
}

function delay(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
