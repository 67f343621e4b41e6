import type { Problem } from "../api/problems.js";
import { errorOf } from "../components/action-dialog.js";
import { CurrencySelect } from "../components/currency-select.js";
import { NameInput } from "../components/name-input.js";

export interface MerchantValues {
  readonly name: string;
  readonly defaultCurrency: string;
}

/** The refusals that these fields show. */
export const MERCHANT_FIELDS = ["name", "defaultCurrency"];

interface MerchantFieldsProps {
  readonly values: MerchantValues;
  readonly onChange: (values: MerchantValues) => void;
  readonly problems: readonly Problem[];
}

export function MerchantFields({ values, onChange, problems }: MerchantFieldsProps) {
  return (
    <>
      <NameInput
        value={values.name}
        error={errorOf(problems, "name")}
        onChange={(name) => onChange({ ...values, name })}
      />
      <CurrencySelect
        label="Default currency"
        description="Of payments that name none and belong to no order."
        required
        value={values.defaultCurrency}
        error={errorOf(problems, "defaultCurrency")}
        onChange={(currency) =>
          onChange({ ...values, defaultCurrency: currency ?? values.defaultCurrency })
        }
      />
    </>
  );
}
