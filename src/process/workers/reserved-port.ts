import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/** A port that this process holds until its workers use it. */
export interface ReservedPort {
  readonly port: number;
  /** Releases the port. Repeated calls wait for the same release. */
  release(): Promise<void>;
}

/**
 * Reserves the port for the workers; for 0, a free one. This detects a port in use before workers start, and keeps
 * a free port the same for later workers.
 *
 * @throws the error of `listen`.
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
