import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/** A port that is this process's until it gives it to its workers. */
export interface ReservedPort {
  readonly port: number;
  /** Gives it free. Repeated calls wait for the same. */
  release(): Promise<void>;
}

/**
 * Takes hold of the port that the workers will listen on, a free one for 0. A port that is taken is so
 * found before there are workers; and one that was free stays the same for those that come later.
 *
 * @throws the error of `listen`, as a server's own.
 */
export async function reservePort(host: string, port: number): Promise<ReservedPort> {
  const server = createServer((socket) => socket.destroy());
  server.listen({ host, port });
  await once(server, "listening");
  let released: Promise<void> | undefined;
  return {
    port: (server.address() as AddressInfo).port,
    release: () =>
      (released ??= new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      })),
  };
}
