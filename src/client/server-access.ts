import { ClientError } from "./client-error.js";

/** A server, and the token with which a command calls it. */
export interface ServerAccess {
  /** The server's base URL. Paths are relative to it. */
  readonly url: URL;
  readonly token: string;
}

/** What a person gave: the options of the command line and the environment. */
export interface GivenAccess {
  readonly url: string;
  readonly token: string | undefined;
}

/**
 * The server that a command calls. The token comes from the environment, because other users of a machine can read
 * the arguments of a command.
 *
 * @throws ClientError for a missing or malformed token, or a URL that is not one of HTTP.
 */
export function serverAccess({ url, token }: GivenAccess): ServerAccess {
  const parsed = urlOf(url);
  if (parsed === null) {
    throw new ClientError(
      `${JSON.stringify(url)} is not the URL of a server. Give one such as http://localhost:4000 with --url or POCKETCHARGE_URL.`,
    );
  }
  if (parsed.username !== "" || parsed.search !== "" || parsed.hash !== "") {
    throw new ClientError(
      "The server's URL must have no user, query or fragment. Put the token in POCKETCHARGE_TOKEN.",
    );
  }
  if (token === undefined) {
    throw new ClientError(
      "There is no token. Put an API token in the environment variable POCKETCHARGE_TOKEN.",
    );
  }
  // A header of HTTP cannot have other characters.
  if (!/^[!-~]+$/.test(token)) {
    throw new ClientError(
      /\s/.test(token)
        ? "POCKETCHARGE_TOKEN contains a space or a line break. Put only the token in it."
        : "POCKETCHARGE_TOKEN contains a character that no token has. Copy the token again: it has only printable ASCII.",
    );
  }
  return { url: parsed, token };
}

/** The URL with a slash at its end, so that paths are relative to it. */
function urlOf(text: string): URL | null {
  try {
    const url = new URL(text);
    if (!url.pathname.endsWith("/")) url.pathname += "/";
    return /^https?:$/.test(url.protocol) ? url : null;
  } catch {
    return null; // the only error of URL: not a URL
  }
}
