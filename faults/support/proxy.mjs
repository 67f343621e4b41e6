import { Buffer } from "node:buffer";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { clearTimeout, setTimeout } from "node:timers";
import { PostgresMessages, isCommit, isCommitted } from "./postgres-messages.mjs";

const HOST = "127.0.0.1";

/**
 * Where a connection is cut: before its commit is passed on; behind it, so that PostgreSQL commits to
 * nobody; or in place of PostgreSQL's answer that it has committed.
 */
const CUTS = ["before", "behind", "answer"];

/** Stands between servers and PostgreSQL, and breaks what passes in the ways in which lines break. */
export class DatabaseProxy {
  /** The share of commits that are cut, and how many may be. */
  cutShare = 0;
  cutsLeft = 0;
  /** How long each answer of PostgreSQL takes longer. */
  delayMs = 0;
  isSilent = false;
  cuts = { before: 0, behind: 0, answer: 0 };
  /** How many connections were broken or found nobody who speaks, and how many answers were late. */
  hinderedCount = 0;
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

  /** The database's address through this proxy. */
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

  /** Breaks every connection, and takes no more. */
  async refuse() {
    const closed = new Promise((resolve) => {
      this.#listener.close(resolve);
    });
    this.hinderedCount += this.#lines.size;
    for (const line of this.#lines) line.break();
    await closed;
  }

  /** Passes nothing in either direction; connections are taken, and nobody speaks. */
  silence() {
    this.isSilent = true;
    this.hinderedCount += this.#lines.size;
    for (const line of this.#lines) line.pause();
  }

  /** Passes everything again, what was sent meanwhile first. */
  speak() {
    this.isSilent = false;
    for (const line of this.#lines) line.resume();
  }

  connectToPostgres() {
    return connect(Number(this.#target.port), this.#target.hostname);
  }

  /** @returns where the line that sends a commit now is to be cut, if it is. */
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

/** One connection of a server, and the one to PostgreSQL behind it. */
class Line {
  #proxy;
  #client;
  #postgres;
  #sent = new PostgresMessages(true);
  #answered = new PostgresMessages(false);
  #losesAnswer = false;
  #isCut = false;
  /** Answers that are held back, in their order. */
  #late = [];
  #timer;

  constructor(proxy, client) {
    this.#proxy = proxy;
    this.#client = client;
    this.#postgres = proxy.connectToPostgres();
    for (const socket of [this.#client, this.#postgres]) {
      socket.setNoDelay(true).on("error", () => undefined);
    }
    this.#client.on("data", (chunk) => this.#passOn(chunk));
    this.#postgres.on("data", (chunk) => this.#passBack(chunk));
    // What was sent before the end still goes through.
    this.#client.on("close", () => this.#end());
    this.#postgres.on("close", () => this.#end());
    if (proxy.isSilent) this.pause();
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

  #passOn(chunk) {
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
    // PostgreSQL reads what was sent, and then that nobody is there any more.
    if (this.#isCut) this.#client.destroy();
  }

  #passBack(chunk) {
    if (this.#isCut) return;
    const messages = this.#answered.read(chunk);
    const at = this.#losesAnswer ? messages.findIndex(isCommitted) : -1;
    const passed = at === -1 ? messages : messages.slice(0, at);
    if (passed.length > 0) this.#deliver(Buffer.concat(passed));
    if (at === -1) return;
    this.#isCut = true;
    // Now and then what was written is heard of, and only the commit is not.
    if (this.#proxy.random.isIn(0.5)) this.#client.end();
    else this.#client.destroy();
  }

  #deliver(bytes) {
    const due = performance.now() + this.#proxy.delayMs;
    if (this.#proxy.delayMs === 0 && this.#late.length === 0) this.#client.write(bytes);
    else this.#delay({ due, bytes });
  }

  #delay(late) {
    this.#proxy.hinderedCount++;
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
