import { Buffer } from "node:buffer";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { clearTimeout, setTimeout } from "node:timers";
import { PostgresMessages, isCommit, isCommitted } from "./postgres-messages.mjs";

const HOST = "127.0.0.1";

/**
 * Where a connection is cut: before its commit is forwarded; after it, so that PostgreSQL commits without a
 * client; or in place of PostgreSQL's confirmation.
 */
const CUTS = ["before", "behind", "answer"];

/** A proxy between servers and PostgreSQL that simulates network faults. */
export class DatabaseProxy {
  /** The share of commits that are cut, and the number of remaining cuts. */
  cutShare = 0;
  cutsLeft = 0;
  /** The delay of each response of PostgreSQL. */
  delayMs = 0;
  isStalled = false;
  cuts = { before: 0, behind: 0, answer: 0 };
  /** The number of broken or silent connections, and of delayed responses. */
  affectedCount = 0;
  #listener = createServer((client) => this.#lines.add(new Line(this, client)));
  #lines = new Set();
  #target;
  #port;

  constructor(target, random) {
    this.#target = target;
    this.random = random;
  }

  /** @returns {Promise<DatabaseProxy>} */
  static async start(resources, targetUrl, random) {
    const proxy = resources.open(
      () => new DatabaseProxy(new URL(targetUrl), random),
      (opened) => opened.refuse(),
    );
    await proxy.accept();
    return proxy;
  }

  /** The database's URL through this proxy. */
  get url() {
    return Object.assign(new URL(this.#target), { hostname: HOST, port: String(this.#port) }).href;
  }

  get cutCount() {
    return this.cuts.before + this.cuts.behind + this.cuts.answer;
  }

  async accept() {
    this.#listener.listen(this.#port ?? 0, HOST);
    await once(this.#listener, "listening");
    this.#port = this.#listener.address().port;
  }

  /** Breaks every connection and refuses new ones. */
  async refuse() {
    const closed = new Promise((resolve) => {
      this.#listener.close(resolve);
    });
    this.affectedCount += this.#lines.size;
    for (const line of this.#lines) line.break();
    await closed;
  }

  /** Forwards nothing in either direction. Connections are accepted but stay silent. */
  stall() {
    this.isStalled = true;
    this.affectedCount += this.#lines.size;
    for (const line of this.#lines) line.pause();
  }

  /** Forwards everything again, starting with what was sent in the meantime. */
  resume() {
    this.isStalled = false;
    for (const line of this.#lines) line.resume();
  }

  connectToPostgres() {
    return connect(Number(this.#target.port), this.#target.hostname);
  }

  /** @returns where to cut the connection that is sending a commit, if at all. */
  chooseCut() {
    if (this.cutsLeft === 0 || !this.random.isIn(this.cutShare)) return undefined;
    this.cutsLeft--;
    const cut = this.random.pick(CUTS);
    this.cuts[cut]++;
    return cut;
  }

  forget(line) {
    this.#lines.delete(line);
  }
}

/** A connection of a server, and its connection to PostgreSQL. */
class Line {
  #proxy;
  #client;
  #postgres;
  #sent = new PostgresMessages(true);
  #answered = new PostgresMessages(false);
  #losesAnswer = false;
  #isCut = false;
  /** Delayed responses, in order. */
  #late = [];
  #timer;

  constructor(proxy, client) {
    this.#proxy = proxy;
    this.#client = client;
    this.#postgres = proxy.connectToPostgres();
    for (const socket of [this.#client, this.#postgres]) {
      socket.setNoDelay(true).on("error", () => undefined);
    }
    this.#client.on("data", (chunk) => this.#forwardRequest(chunk));
    this.#postgres.on("data", (chunk) => this.#forwardResponse(chunk));
    // Data that was sent before the end is still forwarded.
    this.#client.on("close", () => this.#end());
    this.#postgres.on("close", () => this.#end());
    if (proxy.isStalled) this.pause();
  }

  pause() {
    this.#client.pause();
    this.#postgres.pause();
  }

  resume() {
    this.#client.resume();
    this.#postgres.resume();
  }

  break() {
    this.#client.destroy();
    this.#postgres.destroy();
    this.#end();
  }

  #end() {
    this.#client.end();
    this.#postgres.end();
    clearTimeout(this.#timer);
    this.#proxy.forget(this);
  }

  #forwardRequest(chunk) {
    if (this.#isCut) return;
    const passed = [];
    for (const message of this.#sent.read(chunk)) {
      const cut = isCommit(message) ? this.#proxy.chooseCut() : undefined;
      if (cut !== "before") passed.push(message);
      this.#losesAnswer ||= cut === "answer";
      this.#isCut = cut === "before" || cut === "behind";
      if (this.#isCut) break;
    }
    if (passed.length > 0) this.#postgres.write(Buffer.concat(passed));
    // PostgreSQL reads the data, and then sees that the client has disconnected.
    if (this.#isCut) this.#client.destroy();
  }

  #forwardResponse(chunk) {
    if (this.#isCut) return;
    const messages = this.#answered.read(chunk);
    const at = this.#losesAnswer ? messages.findIndex(isCommitted) : -1;
    const passed = at === -1 ? messages : messages.slice(0, at);
    if (passed.length > 0) this.#deliver(Buffer.concat(passed));
    if (at === -1) return;
    this.#isCut = true;
    // Sometimes deliver the responses to the writes, so that only the commit's is lost.
    if (this.#proxy.random.isIn(0.5)) this.#client.end();
    else this.#client.destroy();
  }

  #deliver(bytes) {
    const due = performance.now() + this.#proxy.delayMs;
    if (this.#proxy.delayMs === 0 && this.#late.length === 0) this.#client.write(bytes);
    else this.#delay({ due, bytes });
  }

  #delay(late) {
    this.#proxy.affectedCount++;
    if (this.#late.push(late) === 1) this.#deliverLate();
  }

  #deliverLate() {
    while (this.#late.length > 0 && this.#late[0].due <= performance.now()) {
      this.#client.write(this.#late.shift().bytes);
    }
    if (this.#late.length === 0) return;
    const wait = Math.ceil(this.#late[0].due - performance.now());
    this.#timer = setTimeout(() => this.#deliverLate(), wait);
  }
}
