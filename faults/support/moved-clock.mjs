// Loaded into a server before its own modules. Shifts its clock by the offset in the file FAULTS_CLOCK, which
// is read again at each SIGUSR2. Like on a machine whose clock is set, performance.now is not affected.
import { readFileSync, writeFileSync } from "node:fs";

const file = process.env.FAULTS_CLOCK;
const RealDate = Date;
let offsetMs = 0;

const now = () => RealDate.now() + offsetMs;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, values, type) =>
    Reflect.construct(target, values.length === 0 ? [now()] : values, type),
  apply: () => new RealDate(now()).toString(),
  get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
});

process.on("SIGUSR2", () => {
  offsetMs = Number(readFileSync(file, "utf8"));
  writeFileSync(`${file}.${offsetMs}`, "");
});
