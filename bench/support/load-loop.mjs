/**
 * @typedef {object} Measured
 * @property {number} requestCount
 * @property {number} elapsedMs from the first request to the last response.
 * @property {Float64Array} latenciesMs one for each request.
 * @property {number} cpuShare the share of one core that this process used.
 */

/**
 * Runs clients that each send one request after the other, for a fixed time. Requests that are running at the
 * end are awaited and counted, as is their time.
 *
 * @param {object} options
 * @param {number} options.clientCount
 * @param {number} options.durationMs
 * @param {(client: number) => Promise<void>} options.send throws unless the request succeeded.
 * @returns {Promise<Measured>}
 */
export async function runClients({ clientCount, durationMs, send }) {
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const deadline = startedAt + durationMs;

  // Each client has its own count: concurrent `total += await …` would lose some.
  const runClient = async (client) => {
    const latencies = [];
    for (let sentAt = startedAt; sentAt < deadline;) {
      await send(client);
      const answeredAt = performance.now();
      latencies.push(answeredAt - sentAt);
      sentAt = answeredAt;
    }
    return latencies;
  };
  const clients = Array.from({ length: clientCount }, (_, client) => runClient(client));
  const latenciesMs = Float64Array.from((await Promise.all(clients)).flat());

  const elapsedMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  const cpuShare = (user + system) / 1_000 / elapsedMs;
  return { requestCount: latenciesMs.length, elapsedMs, latenciesMs, cpuShare };
}
