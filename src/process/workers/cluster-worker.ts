import cluster from "node:cluster";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../../shared/package-root.js";
import type { ToPrimary } from "./messages.js";
import type { WorkerProcess } from "./supervisor.js";

/** Another process of this program, which shares its port by Node's cluster. */
export function forkWorker(): WorkerProcess {
  cluster.setupPrimary({ exec: join(PACKAGE_ROOT, "dist/programs/worker.js"), args: [] });
  const worker = cluster.fork();
  worker.on("error", () => undefined); // a message that did not arrive; whether it lives, "exit" tells
  return {
    id: worker.id,
    pid: worker.process.pid,
    tell: (message) => {
      if (worker.isConnected()) worker.send(message);
    },
    kill: () => {
      worker.process.kill("SIGKILL");
    },
    onMessage: (hear) => {
      worker.on("message", (message: ToPrimary) => {
        hear(message);
      });
    },
    onExit: (hear) => {
      // Node tells null where there is none, whatever its types say.
      worker.on("exit", (code: number | null, signal: string | null) => {
        hear(code, signal);
      });
    },
  };
}
