// The other side: the server's statements from a pool like its own, and nothing around them.
import { openDatabase } from "../../dist/database/database.js";
import { runClients } from "../support/load-loop.mjs";
import { serveRounds } from "../support/load-worker.mjs";

serveRounds(({ clientCount, databaseUrl, poolSize }) => {
  const { pool } = openDatabase({
    url: databaseUrl,
    poolSize,
    timeoutMs: 60_000,
    onIdleError: (error) => console.error(error),
  });
  return ({ statements, durationMs }) => {
    const send = async () => {
      for (const statement of statements) await pool.query(statement);
    };
    return runClients({ clientCount, durationMs, send });
  };
});
