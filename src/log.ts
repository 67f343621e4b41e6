import { type Logger, pino, stdTimeFunctions } from "pino";
import pretty from "pino-pretty";
import type { Config } from "./config.js";

/** The log of a process, to standard output. Headers and secrets are never part of it. */
export function createLog({ logLevel, logFormat }: Pick<Config, "logLevel" | "logFormat">): Logger {
  const options = {
    level: logLevel,
    timestamp: stdTimeFunctions.isoTime,
    redact: ["req.headers.authorization"],
  };
  if (logFormat === "json") return pino(options);
  return pino(
    options,
    pretty({ sync: true, ignore: "pid,hostname", translateTime: "SYS:HH:MM:ss" }),
  );
}
