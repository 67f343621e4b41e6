/** The server that commands call, from the environment. `readConfig` is for the server itself. */
export interface ClientConfig {
  readonly url: string;
  readonly token: string | undefined;
}

/** Reads what commands need to call a server. An empty variable counts as not set. */
export function readClientConfig(env: NodeJS.ProcessEnv = process.env): ClientConfig {
  const read = (name: string): string | undefined => (env[name] === "" ? undefined : env[name]);
  const port = read("PORT") ?? "4000";
  return {
    url: read("POCKETCHARGE_URL") ?? `http://127.0.0.1:${port}`,
    token: read("POCKETCHARGE_TOKEN"),
  };
}
