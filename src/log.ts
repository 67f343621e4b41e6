import { type Logger, pino, stdTimeFunctions } from "pino";
import pretty from "pino-pretty";
import type { Config } from "./config.js";

/** The log of a process, to standard output. Headers and secrets are never part of it. */
export function createLog({
  logLevel,
  logFormat,
  workers,
}: Pick<Config, "logLevel" | "logFormat" | "workers">): Logger {
  const options = {
    level: logLevel,
    timestamp: stdTimeFunctions.isoTime,
    redact: ["req.headers.authorization"],
  };
  if (logFormat === "json") return pino(options);
  // Among several processes a line says whose it is, as it always does in JSON.
  const ignore = workers > 1 ? "hostname" : "pid,hostname";
  return pino(options, pretty({ sync: true, ignore, translateTime: "SYS:HH:MM:ss" }));
}
