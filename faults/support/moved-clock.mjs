// Loaded into a server before its own modules: its clock is off by what the file FAULTS_CLOCK says,
// which is read again at each SIGUSR2. Time that is measured (performance.now) goes on, as on a machine
// whose clock is set.
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
