import { SecretKeyFolder } from "../payments/secrets/secret-key-folder.store.js";
import { runCommand } from "./run-command.js";

/**
 * Seals all provider secrets with the first key of PROVIDER_SECRET_KEYS; for the embedded database,
 * without that variable, with a new key of the data folder. Runs beside a server, or without one.
 */
await runCommand(
  async ({ app }) => {
    const { keyId, count } = await app.rotateProviderSecrets.rotate();
    console.log(`
${String(count)} provider secrets were sealed anew: all of them need the key ${keyId} alone now.
A server that was started with other keys first may still seal with those: restart it, run this once
more, and take the other keys away.
`);
  },
  ({ config, isEmbedded }) => {
    if (isEmbedded && config.providerSecretKeys.length === 0) {
      new SecretKeyFolder(config.dataDir).addKey();
    }
  },
);
