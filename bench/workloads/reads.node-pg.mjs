// The other side: only the server's statements, from a pool like its own.
import { openDatabase } from "../support/database.mjs";
import { runClients } from "../support/load-loop.mjs";
import { serveRounds } from "../support/load-worker.mjs";

serveRounds(({ clientCount, ...options }) => {
  const { pool } = openDatabase(options);
  return ({ statements, durationMs }) => {
    const send = async () => {
      for (const statement of statements) await pool.query(statement);
    };
    return runClients({ clientCount, durationMs, send });
  };
});
