import { Text } from "@mantine/core";
import { formatMoney } from "../../shared/money.js";
import { wordsOf } from "../../shared/words.js";
import { type RefundStatus, UNDER_WAY } from "../transitions.js";

interface OpenRefund {
  readonly status: RefundStatus;
  readonly provider: string;
  readonly currency: string;
  readonly currencyMinorUnits: number | null;
  readonly totalInCents: number;
}

/** What a person must still do for a refund that is not finished. */
export function RefundToDo({ refund }: { readonly refund: OpenRefund }) {
  if (!UNDER_WAY.includes(refund.status)) return null;
  return (
    <Text size="sm" fw={600}>
      To do: {toDoFor(refund)} Then set the refund to succeeded.
    </Text>
  );
}

function toDoFor({ status, provider, ...refund }: OpenRefund): string {
  const money = formatMoney(refund.totalInCents, refund.currency, refund.currencyMinorUnits);
  if (provider === "NONE") return `Return ${money} to the customer.`;
  const name = wordsOf(provider);
  if (status === "PENDING") return `Wait until ${name} has paid ${money}.`;
  if (status === "ACTION_REQUIRED") return `Do what ${name} asks for, so that it pays ${money}.`;
  return `Send ${money} to the customer at ${name}.`;
}
