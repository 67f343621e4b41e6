import { ActionIcon, Code, CopyButton, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";

/** A token, which a person passes on by copying it. */
export function TokenText({ token }: { readonly token: string }) {
  return (
    <>
      <Code>{token}</Code>{" "}
      <CopyButton value={token}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? "Copied" : "Copy the token"}>
            <ActionIcon
              size="sm"
              variant="subtle"
              aria-label={copied ? "Copied" : "Copy the token"}
              onClick={copy}
            >
              {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </>
  );
}
