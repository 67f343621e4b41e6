import { Alert, Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import type { ReactNode } from "react";

interface SecretDialogProps {
  readonly title: string;
  /** What the secret is called: "API token". */
  readonly label: string;
  readonly secret: string;
  /** What to do with it. */
  readonly children: ReactNode;
  readonly onClose: () => void;
}

/** Shows a secret that the server returns only once. Only its button closes it, not a slip of the hand. */
export function SecretDialog({ title, label, secret, children, onClose }: SecretDialogProps) {
  const { copy, copied, error } = useClipboard();
  // Browsers refuse to copy for pages of plain http.
  const copyLabel = error ? "Select the text to copy it" : copied ? "Copied" : "Copy";
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Stack>
        <Alert color="orange" title="The server shows this only now">
          {children}
        </Alert>
        <TextInput
          label={label}
          value={secret}
          readOnly
          autoComplete="off"
          spellCheck={false}
          onFocus={(event) => {
            event.currentTarget.select();
          }}
        />
        <Group justify="flex-end">
          <Button
            variant="default"
            data-autofocus
            leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
            onClick={() => {
              copy(secret);
            }}
          >
            {copyLabel}
          </Button>
          <Button onClick={onClose}>I have stored it</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
