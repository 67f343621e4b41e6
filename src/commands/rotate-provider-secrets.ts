import { SecretKeyFolder } from "../secrets/secret-key-folder.store.js";
import { runCommand } from "./run-command.js";

/**
 * Re-encrypts all provider secrets and webhook secrets with the first key of PROVIDER_SECRET_KEYS. Without that variable, it creates
 * a new key in the data folder of the embedded database. A server may be running.
 */
await runCommand(
  async ({ app }) => {
    const { keyId, count } = await app.rotateSecrets.rotate();
    console.log(`
${String(count)} secrets were re-encrypted. All of them now use the key ${keyId}.
A server that was started with another first key may still encrypt with that one. Restart it, run this command
again, and then remove the other keys.
`);
  },
  ({ config, isEmbedded }) => {
    if (isEmbedded && config.providerSecretKeys.length === 0) {
      new SecretKeyFolder(config.dataDir).addKey();
    }
  },
);
