import { HttpClients } from "./http-clients.mjs";
import { CHARGE, acknowledge } from "./charge-requests.mjs";

/** Sends the same charges from several clients at once. */
export class Race {
  #stage;
  #clients;

  /** @param {import("./stage.mjs").Stage} stage */
  constructor(stage, clientCount) {
    this.#stage = stage;
    const { apiToken } = stage.owner;
    this.#clients = stage.resources.open(
      () => new HttpClients({ apiToken, clientCount }),
      (clients) => clients.close(),
    );
  }

  /**
   * Verifies that one client makes each charge, and the others receive it as a duplicate.
   *
   * @param {import("./charge-requests.mjs").Charge[][]} copies the same charges, in any order: one
   *   request each, to the servers in turn.
   */
  async run(copies) {
    const { ledger } = this.#stage;
    const results = (
      await Promise.all(copies.map((charges, at) => this.#send(charges, at)))
    ).flat();
    for (const charge of copies[0]) {
      const own = results.filter(({ token }) => token === charge.token);
      const made = own.filter(({ status }) => status === "SUCCESS");
      const duplicates = own.filter(
        ({ code, pocketCharge }) => code === "DUPLICATE_TOKEN" && pocketCharge,
      );
      if (made.length !== 1 || made.length + duplicates.length !== copies.length) {
        const codes = own.map(({ status, code }) => code ?? status);
        ledger.fail(`${charge.token}, sent ${copies.length} times, got ${codes.join(" ")}`);
      }
      for (const { pocketCharge } of [...made, ...duplicates])
        acknowledge(charge, pocketCharge, ledger);
    }
  }

  async #send(charges, at) {
    const { ledger, owner, servers } = this.#stage;
    const { pocketGroupSlug } = owner;
    const results = [];
    const intent = {
      query: CHARGE,
      variables: { input: { pocketGroupSlug, charges } },
      onResponse: ({ chargePockets }) => results.push(...chargePockets.results),
    };
    ledger.begin(intent);
    const answer = await this.#clients.send(servers[at % servers.length].graphqlUrl, intent);
    if (!ledger.take(intent, answer)) ledger.fail(`a race got no response: ${answer.text}`);
    return results;
  }
}
