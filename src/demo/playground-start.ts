import type { PlaygroundStart } from "../http/playground.js";
import { DEMO_GROUP_SLUG } from "./demo.js";
import {
  FIRST_CHARGE,
  SPEND,
  WATCH,
  TRACE,
  PAYMENT_CHARGES,
  CREATE_PAYMENT_CHARGE,
  UPDATE_PAYMENT_CHARGE,
  WHO_CALLS,
} from "./playground-tabs.js";

/** The initial content of the playground. With the demo, its requests run without changes. */
export function playgroundStart(demoToken: string | null): PlaygroundStart {
  const headers = JSON.stringify({ Authorization: `Token ${demoToken ?? ""}` }, null, 2);
  return { headers, tabs: demoToken === null ? TABS_WITHOUT_DEMO : DEMO_TABS };
}

const DEMO_TABS = [
  FIRST_CHARGE,
  SPEND,
  WATCH,
  TRACE,
  PAYMENT_CHARGES,
  CREATE_PAYMENT_CHARGE,
  UPDATE_PAYMENT_CHARGE,
];

/** For a database without the demo. Nothing is written until a token and a group are filled in. */
const TABS_WITHOUT_DEMO = [
  WHO_CALLS,
  {
    ...FIRST_CHARGE,
    variables: FIRST_CHARGE.variables.replace(DEMO_GROUP_SLUG, "your-pocket-group"),
  },
  PAYMENT_CHARGES,
];
