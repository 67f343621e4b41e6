import { IconPlus } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useLocation } from "wouter";
import { problemsOf } from "../api/problems.js";
import { useAction } from "../api/use-action.js";
import { ActionDialog } from "../components/action-dialog.js";
import { DialogButton } from "../components/dialog-button.js";
import { CREATE_MERCHANT } from "./merchant-documents.js";
import { MERCHANT_FIELDS, MerchantFields, type MerchantValues } from "./merchant-fields.js";

interface CreateMerchantProps {
  /** Reads the list again. */
  readonly onCreated: () => Promise<unknown>;
}

export function CreateMerchantButton({ onCreated }: CreateMerchantProps) {
  return (
    <DialogButton label="Create a merchant" variant="filled" leftSection={<IconPlus size={16} />}>
      {(close) => <CreateMerchantDialog onCreated={onCreated} onClose={close} />}
    </DialogButton>
  );
}

const NEW: MerchantValues = { name: "", defaultCurrency: "USD" };

function CreateMerchantDialog({
  onCreated,
  onClose,
}: CreateMerchantProps & { readonly onClose: () => void }) {
  const [values, setValues] = useState(NEW);
  const created = useRef<string>(undefined);
  const [, goTo] = useLocation();
  const action = useAction(
    CREATE_MERCHANT,
    ({ createMerchant: answer }) => {
      created.current = answer.merchant?.id;
      return problemsOf(answer.userErrors);
    },
    onCreated,
  );
  const name = values.name.trim();
  const run = async (): Promise<void> => {
    const isDone = await action.run({ input: { ...values, name } });
    if (isDone && created.current !== undefined) goTo(`/merchants/${created.current}`);
  };
  return (
    <ActionDialog
      title="Create a merchant"
      effect="The merchant is active at once. It has no tokens and no pocket groups yet: give it both on its page."
      label="Create the merchant"
      canRun={name !== ""}
      action={action}
      fields={MERCHANT_FIELDS}
      onClose={onClose}
      onRun={() => void run()}
    >
      <MerchantFields values={values} onChange={setValues} problems={action.problems} />
    </ActionDialog>
  );
}
