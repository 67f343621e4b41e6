import { SecretDialog } from "../components/secret-dialog.js";

interface WebhookSecretProps {
  readonly title: string;
  readonly secret: string;
  readonly onClose: () => void;
}

export function WebhookSecret({ title, secret, onClose }: WebhookSecretProps) {
  return (
    <SecretDialog title={title} label="Webhook secret" secret={secret} onClose={onClose}>
      Store the secret where your server finds it. With it, your server verifies that a webhook
      comes from here. If you lose it, rotate the secret.
    </SecretDialog>
  );
}
