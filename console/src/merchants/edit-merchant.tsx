import { useState } from "react";
import { refusalsIn } from "../api/problems.js";
import { useAction } from "../api/use-action.js";
import { ActionDialog } from "../components/action-dialog.js";
import { changedValues } from "../shared/changed-values.js";
import { type Merchant, UPDATE_MERCHANT } from "./merchant-documents.js";
import { MERCHANT_FIELDS, MerchantFields, type MerchantValues } from "./merchant-fields.js";

interface EditMerchantProps {
  readonly merchant: Merchant;
  readonly readAgain: () => Promise<unknown>;
  readonly onClose: () => void;
}

export function EditMerchantDialog({ merchant, readAgain, onClose }: EditMerchantProps) {
  const [before] = useState<MerchantValues>(() => ({
    name: merchant.name,
    defaultCurrency: merchant.defaultCurrency,
  }));
  const [values, setValues] = useState(before);
  const action = useAction(UPDATE_MERCHANT, refusalsIn, readAgain);
  const input = changedValues(before, { ...values, name: values.name.trim() });
  const hasChanges = Object.keys(input).length > 0;
  return (
    <ActionDialog
      title="Edit the merchant"
      effect={effectOf(input)}
      label="Save the changes"
      canRun={hasChanges && input.name !== ""}
      action={action}
      fields={MERCHANT_FIELDS}
      onClose={onClose}
      onRun={() => {
        void action.run({ id: merchant.id, input }).then((isDone) => {
          if (isDone) onClose();
        });
      }}
    >
      <MerchantFields values={values} onChange={setValues} problems={action.problems} />
    </ActionDialog>
  );
}

function effectOf({ name, defaultCurrency }: Partial<MerchantValues>): string {
  const effects = [
    ...(name === undefined ? [] : [`The merchant is called ${name || "…"} from now on.`]),
    ...(defaultCurrency === undefined
      ? []
      : [
          `New payments that name no currency are in ${defaultCurrency}. Earlier ones stay as they are.`,
        ]),
  ];
  return effects.join(" ") || "Nothing is changed yet.";
}
