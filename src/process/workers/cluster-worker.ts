import cluster from "node:cluster";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../shared/package-root.js";
import type { ToPrimary } from "./messages.js";
import type { WorkerProcess } from "./supervisor.js";

/** Starts another process of this program, which shares its port through Node's cluster. */
export function forkWorker(): WorkerProcess {
  cluster.setupPrimary({ exec: join(PACKAGE_ROOT, "dist/programs/worker.js"), args: [] });
  const worker = cluster.fork();
  worker.on("error", () => undefined); // a lost message; "exit" reports the end of the worker
  return {
    id: worker.id,
    pid: worker.process.pid,
    send: (message) => {
      if (worker.isConnected()) worker.send(message);
    },
    kill: () => {
      worker.process.kill("SIGKILL");
    },
    onMessage: (listener) => {
      worker.on("message", (message: ToPrimary) => {
        listener(message);
      });
    },
    onExit: (listener) => {
      // Node passes null for a missing code or signal, although its types do not say so.
      worker.on("exit", (code: number | null, signal: string | null) => {
        listener(code, signal);
      });
    },
  };
}
