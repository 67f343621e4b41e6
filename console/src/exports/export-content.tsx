import { Text } from "@mantine/core";
import type { ListState } from "../listing/list-state.js";
import { formatTime } from "../shared/time.js";
import { counted, nameInWords, wordsOf } from "../shared/words.js";

interface ExportContentProps {
  readonly list: string;
  /** What the list contains: "Charges". */
  readonly label: string;
  /** The number of its rows, if the page knows it. */
  readonly total: number | undefined;
  readonly state: Pick<ListState, "filterNames" | "filterValues">;
  readonly isCsv: boolean;
}

/** The lists whose rows have no amounts, by their GraphQL names. */
const WITHOUT_AMOUNTS = ["auditEntries", "merchants", "webhookDeliveries", "webhookEndpoints"];

/** Says what the file will have: how many rows, by which filters, and how amounts are written. */
export function ExportContent({ list, label, total, state, isCsv }: ExportContentProps) {
  const filters = state.filterNames.map((name) => filterInWords(name, state.filterValues(name)));
  const rows = total === undefined ? "every row" : counted(total, "row");
  return (
    <>
      <Text size="sm">
        {label}: {rows}. The file has all pages of the list, not only the rows shown.
      </Text>
      <Text size="sm" className="breakable">
        {filters.length === 0 ? "No filters." : `Filters: ${filters.join("; ")}.`}
      </Text>
      {isCsv && !WITHOUT_AMOUNTS.includes(list) && (
        <Text size="sm">
          Each amount is given twice: <code>amount</code> in minor units, such as 1250, and{" "}
          <code>amountDecimal</code> in the currency, such as 12.50.
        </Text>
      )}
    </>
  );
}

/** The names that the address shortens. All others are words. */
const NAMES: Readonly<Record<string, string>> = {
  amountFrom: "Total from",
  amountTo: "Total to",
  max: "Balance up to",
  min: "Balance from",
  q: "Text",
  to: "Before",
};

function filterInWords(name: string, values: readonly string[]): string {
  return `${NAMES[name] ?? nameInWords(name)}: ${values.map(valueInWords).join(" or ")}`;
}

/** Enum values become words, and instants the viewer's time. Currencies stay as they are. */
function valueInWords(value: string): string {
  if (/^\d{4}-\d{2}-\d{2}T/.test(value) && !Number.isNaN(Date.parse(value)))
    return formatTime(value);
  return /^[A-Z][A-Z_]{3,}$/.test(value) ? wordsOf(value) : value;
}
