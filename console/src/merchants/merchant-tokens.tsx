import { Code, Text } from "@mantine/core";
import { useState } from "react";
import { refusalsIn } from "../api/problems.js";
import { useAction } from "../api/use-action.js";
import { useOperation } from "../api/use-operation.js";
import { ConfirmDialog } from "../components/confirm-dialog.js";
import { DialogButton } from "../components/dialog-button.js";
import { Loaded } from "../components/loaded.js";
import { Name, Status, Time } from "../components/values.js";
import { NUMBERED_PAGE_SIZE, NumberedList } from "../listing/numbered-list.js";
import { wordsOf } from "../shared/words.js";
import { CreateTokenDialog } from "./create-token.js";
import {
  type ApiToken,
  MERCHANT_TOKENS,
  type Merchant,
  REVOKE_TOKEN,
} from "./merchant-documents.js";

/** The API tokens of the merchant. Their secrets are never shown again. */
export function MerchantTokens({ merchant }: { readonly merchant: Merchant }) {
  const { id } = merchant;
  const [number, setNumber] = useState(1);
  const page = { number, size: NUMBERED_PAGE_SIZE };
  const operation = useOperation(MERCHANT_TOKENS, { id, page });
  const { reload: readAgain } = operation;
  return (
    <Loaded operation={operation} label="Loading the tokens">
      {({ merchant: found }) => (
        <NumberedList
          title="API tokens"
          empty="The merchant has no tokens yet, so it cannot use the API."
          rows={found?.apiTokens ?? []}
          page={number}
          onPage={setNumber}
          action={
            <DialogButton label="Create a token">
              {(close) => (
                <CreateTokenDialog merchant={merchant} readAgain={readAgain} onClose={close} />
              )}
            </DialogButton>
          }
          columns={columnsWith(readAgain)}
        />
      )}
    </Loaded>
  );
}

function columnsWith(readAgain: () => Promise<unknown>) {
  return [
    { header: "Name", cell: nameOf },
    { header: "Scopes", cell: scopesOf },
    { header: "Status", cell: (token: ApiToken) => <Status value={statusOf(token)} /> },
    {
      header: "Last used",
      cell: ({ lastUsedAt }: ApiToken) =>
        lastUsedAt === null ? "Never" : <Time at={lastUsedAt} />,
    },
    {
      header: "Expires",
      cell: ({ expiresAt }: ApiToken) => (expiresAt === null ? "Never" : <Time at={expiresAt} />),
    },
    { header: "Created", cell: ({ createdAt }: ApiToken) => <Time at={createdAt} /> },
    {
      header: "Action",
      cell: (token: ApiToken) =>
        token.revokedAt === null && <RevokeButton token={token} readAgain={readAgain} />,
    },
  ];
}

function nameOf({ name, prefix, employee }: ApiToken) {
  return (
    <>
      <Name>{name}</Name> <Code>{prefix}…</Code>
      {employee !== null && (
        <Text size="xs" c="dimmed">
          Employee: <bdi>{employee.name}</bdi>
        </Text>
      )}
    </>
  );
}

function scopesOf({ scopes }: ApiToken) {
  return (
    <Text size="xs" miw={180}>
      {scopes.map(wordsOf).join(", ")}
    </Text>
  );
}

function statusOf({ revokedAt, expiresAt }: ApiToken): string {
  if (revokedAt !== null) return "REVOKED";
  const isExpired = expiresAt !== null && Date.parse(expiresAt) <= Date.now();
  return isExpired ? "EXPIRED" : "ACTIVE";
}

interface RevokeProps {
  readonly token: ApiToken;
  readonly readAgain: () => Promise<unknown>;
}

function RevokeButton(props: RevokeProps) {
  return (
    <DialogButton label="Revoke" fullLabel={`Revoke the token ${props.token.name}`} size="xs">
      {(close) => <RevokeDialog {...props} onClose={close} />}
    </DialogButton>
  );
}

function RevokeDialog({
  token: { id, name, lastUsedAt },
  readAgain,
  onClose,
}: RevokeProps & { readonly onClose: () => void }) {
  const action = useAction(REVOKE_TOKEN, refusalsIn, readAgain);
  return (
    <ConfirmDialog
      title="Revoke the token"
      effect={
        <>
          The server refuses every request with the token <bdi>{name}</bdi> within two seconds.{" "}
          {lastUsedAt === null ? (
            "It was never used."
          ) : (
            <>
              It was last used on <Time at={lastUsedAt} />.
            </>
          )}{" "}
          This cannot be undone.
        </>
      }
      label="Revoke the token"
      isDangerous
      action={action}
      variables={{ id }}
      onClose={onClose}
    />
  );
}
