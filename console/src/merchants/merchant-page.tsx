import { Alert, Anchor, Group } from "@mantine/core";
import { Link, useParams } from "wouter";
import { refusalsIn } from "../api/problems.js";
import { useAction } from "../api/use-action.js";
import { useOperation } from "../api/use-operation.js";
import { ConfirmDialog } from "../components/confirm-dialog.js";
import { Details } from "../components/details.js";
import { DialogButton } from "../components/dialog-button.js";
import { Loaded } from "../components/loaded.js";
import { Page } from "../components/page.js";
import { EmptyState } from "../components/states.js";
import { Status, Time } from "../components/values.js";
import { EditMerchantDialog } from "./edit-merchant.js";
import { MERCHANT, type Merchant, UPDATE_MERCHANT } from "./merchant-documents.js";
import { MerchantEmployees } from "./merchant-employees.js";
import { MerchantGroups } from "./merchant-groups.js";
import { MerchantTokens } from "./merchant-tokens.js";

/** One merchant, its groups, its employees and its tokens, for operators. */
export default function MerchantPage() {
  const { id = "" } = useParams();
  const operation = useOperation(MERCHANT, { id });
  const { reload: readAgain } = operation;
  return (
    <Page title={operation.data?.merchant?.name ?? "Merchant"}>
      <Anchor component={Link} href="/merchants" size="sm">
        All merchants
      </Anchor>
      <Loaded operation={operation} label="Loading the merchant">
        {({ merchant }) =>
          merchant === null ? (
            <EmptyState title="There is no such merchant" text="Check the address." />
          ) : (
            <>
              <MerchantActions merchant={merchant} readAgain={readAgain} />
              {!merchant.isActive && (
                <Alert color="orange" title="The merchant is inactive">
                  The server refuses every request with its tokens.
                </Alert>
              )}
              <MerchantDetails {...merchant} />
              <MerchantGroups merchant={merchant} />
              <MerchantEmployees merchant={merchant} />
              <MerchantTokens merchant={merchant} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function MerchantDetails({ id, defaultCurrency, isActive, createdAt, updatedAt }: Merchant) {
  return (
    <Details
      items={[
        ["Id", id],
        ["Default currency", defaultCurrency],
        ["Status", <Status value={isActive ? "ACTIVE" : "INACTIVE"} />],
        ["Created", <Time at={createdAt} />],
        ["Last change", <Time at={updatedAt} />],
      ]}
    />
  );
}

interface MerchantActionsProps {
  readonly merchant: Merchant;
  readonly readAgain: () => Promise<unknown>;
}

function MerchantActions(props: MerchantActionsProps) {
  return (
    <Group gap="xs">
      <DialogButton label="Edit">
        {(close) => <EditMerchantDialog {...props} onClose={close} />}
      </DialogButton>
      <DialogButton label={props.merchant.isActive ? "Deactivate" : "Activate"}>
        {(close) => <ActivateDialog {...props} onClose={close} />}
      </DialogButton>
    </Group>
  );
}

function ActivateDialog({
  merchant: { id, isActive },
  readAgain,
  onClose,
}: MerchantActionsProps & { readonly onClose: () => void }) {
  const action = useAction(UPDATE_MERCHANT, refusalsIn, readAgain);
  return (
    <ConfirmDialog
      title={isActive ? "Deactivate the merchant" : "Activate the merchant"}
      effect={
        isActive
          ? "The server refuses every request with the merchant’s tokens until you activate it again. Its records, balances and tokens stay."
          : "The server accepts the merchant’s tokens again, except those that have expired or were revoked."
      }
      label={isActive ? "Deactivate the merchant" : "Activate the merchant"}
      isDangerous={isActive}
      action={action}
      variables={{ id, input: { isActive: !isActive } }}
      onClose={onClose}
    />
  );
}
