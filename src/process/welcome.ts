import type { Config } from "../config/config.js";
import { commandLine } from "../shared/command-line.js";
import { DEMO_GROUP_SLUG, type DemoToken } from "../demo/demo.js";
import { newId } from "../shared/uuid.js";

const QUERY = `mutation Charge($input: ChargePocketsInput!) {
  chargePockets(input: $input) { results { token phoneNumber amount status message code wasMadeBefore pocketCharge { balanceAfter } } }
}`;

/**
 * A first charge as a shell command. Each has a new token, so that it can be pasted immediately.
 *
 * @param token the secret, or the file from which the shell reads it.
 */
export function firstCharge(
  graphqlAddress: string,
  token: { readonly secret: string } | { readonly file: string },
): string {
  const charges = [{ token: newId(), phoneNumber: "989120000000", amount: 10_000 }];
  const variables = { input: { pocketGroupSlug: DEMO_GROUP_SLUG, charges } };
  const authorization =
    "secret" in token
      ? `'Authorization: Token ${token.secret}'`
      : `"Authorization: Token $(cat ${quoted(token.file)})"`;
  const body = JSON.stringify({ query: QUERY.replace(/\s+/g, " "), variables });
  return [
    `curl ${graphqlAddress} \\`,
    `  --header ${authorization} \\`,
    `  --header 'Content-Type: application/json' \\`,
    `  --data '${body}'`,
  ].join("\n");
}

/** Quotes a string as one word of a shell command. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The start-up message: the server's URLs, and a first request. */
export function welcome(
  origin: string,
  { console, playground, persistedOnly }: Pick<Config, "console" | "playground" | "persistedOnly">,
  demoToken: DemoToken | null,
): string {
  const graphql = `${origin}/graphql`;
  const lines = [
    "",
    `Pocketcharge is ready: ${graphql}`,
    ...(console ? [`Open ${origin}/console in a browser to see pockets and payments.`] : []),
    ...(playground ? [`Open ${graphql} in a browser to explore the API.`] : []),
    `${origin} links every page. REST is described at ${origin}/docs.`,
    ...(persistedOnly ? ["Only the documents of PERSISTED_DOCUMENTS are executed."] : []),
    ...(demoToken === null
      ? [`Create a first operator token with \`${commandLine("operator-token")}\`.`]
      : []),
    ...(demoToken !== null && !persistedOnly
      ? [
          "",
          "Charge a pocket of the demo:",
          "",
          firstCharge(graphql, shownOf(demoToken)),
          "",
          "Sent again, it charges nothing: wasMadeBefore is then true, and the first charge is shown.",
        ]
      : []),
    "",
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** Print a secret only when it is created, because output ends up in logs. */
function shownOf({ secret, file, isNew }: DemoToken): { secret: string } | { file: string } {
  return isNew ? { secret } : { file };
}
