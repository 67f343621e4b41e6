import { commandLine } from "./command-line.js";
import { DEMO_GROUP_SLUG } from "./demo/demo.js";
import { newId } from "./shared/uuid.js";

const QUERY = `mutation Charge($input: ChargePocketsInput!) {
  chargePockets(input: $input) { results { token phoneNumber amount status message pocketCharge { balanceAfter } } }
}`;

/** The first charge to try, as a shell command. Each has a token of its own, so that it can be pasted at once. */
export function firstCharge(graphqlAddress: string, token: string): string {
  const charges = [{ token: newId(), phoneNumber: "989120000000", amount: 10_000 }];
  const variables = { input: { pocketGroupSlug: DEMO_GROUP_SLUG, charges } };
  const body = JSON.stringify({ query: QUERY.replace(/\s+/g, " "), variables });
  return [
    `curl ${graphqlAddress} \\`,
    `  --header 'Authorization: Token ${token}' \\`,
    `  --header 'Content-Type: application/json' \\`,
    `  --data '${body}'`,
  ].join("\n");
}

/** What a person who starts the server reads: where it is, and what to try first. */
export function welcome(origin: string, hasPlayground: boolean, demoToken: string | null): string {
  const graphql = `${origin}/graphql`;
  const lines = [
    "",
    `Pocketcharge is ready: ${graphql}`,
    ...(hasPlayground ? ["Open it in a browser to explore and try it."] : []),
    `REST is described at ${origin}/docs.`,
    ...(demoToken === null
      ? [`Make a first operator token with \`${commandLine("operator-token")}\`.`]
      : ["", "Charge a pocket of the demo:", "", firstCharge(graphql, demoToken)]),
    "",
  ];
  return lines.map((line) => `${line}\n`).join("");
}
