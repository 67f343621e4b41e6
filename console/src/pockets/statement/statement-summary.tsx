import { Table, Text } from "@mantine/core";
import { PocketMoney } from "../pocket-money.js";
import type { Group, Statement } from "../pocket-queries.js";

const KINDS: Readonly<Record<Statement["totals"][number]["kind"], string>> = {
  CHARGE: "Charges",
  DEBIT: "Debits",
  REVERSAL: "Reversals",
  EXPIRY: "Expiries",
};

interface StatementSummaryProps {
  readonly statement: Statement;
  readonly group: Group;
}

/** From the opening to the closing balance: the lines between add up. */
export function StatementSummary({ statement, group }: StatementSummaryProps) {
  const { openingBalance, closingBalance, totals, otherMerchantsSum } = statement;
  return (
    <Table withTableBorder aria-label="Sums of the statement" maw={520}>
      <Table.Tbody>
        <Line name="Opening balance" amount={openingBalance} group={group} />
        {totals.map(({ kind, count, sum }) => (
          <Line
            key={kind}
            name={`${KINDS[kind]} (${count.toLocaleString()})`}
            amount={sum}
            group={group}
          />
        ))}
        {otherMerchantsSum !== "0" && (
          <Line name="Entries of other merchants" amount={otherMerchantsSum} group={group} />
        )}
        <Line name="Closing balance" amount={closingBalance} group={group} isTotal />
      </Table.Tbody>
    </Table>
  );
}

interface LineProps {
  readonly name: string;
  readonly amount: number | string;
  readonly group: Group;
  readonly isTotal?: boolean;
}

function Line({ name, amount, group, isTotal }: LineProps) {
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={isTotal ? 700 : 400}>
        {name}
      </Table.Th>
      <Table.Td className="number">
        <Text span inherit fw={isTotal ? 700 : 400}>
          <PocketMoney amount={amount} group={group} />
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}
