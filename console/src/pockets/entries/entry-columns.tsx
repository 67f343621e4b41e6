import { Anchor, Text } from "@mantine/core";
import { Link } from "wouter";
import { Name, Time } from "../../components/values.js";
import type { Column } from "../../listing/list-table.js";
import { nameOf } from "../entry.js";
import { PocketMoney } from "../pocket-money.js";
import { pocketAddress } from "../search/find-pocket.js";
import type { EntryRow } from "./entry-list.js";

export const SORT_FIELDS = ["CREATED_AT", "KIND", "PHONE_NUMBER", "AMOUNT", "REFERENCE"] as const;
export type SortField = (typeof SORT_FIELDS)[number];

/** The time of an entry opens the page of its pocket, where the entry is marked. */
export const COLUMNS: readonly Column<EntryRow, SortField>[] = [
  {
    ...{ name: "created", header: "Created", sortField: "CREATED_AT" },
    cell: ({ pocketGroup, phoneNumber, token, createdAt }) => (
      <Anchor
        component={Link}
        href={pocketAddress(pocketGroup.slug, phoneNumber, token)}
        size="sm"
        className="nowrap"
      >
        <Time at={createdAt} />
      </Anchor>
    ),
  },
  { ...{ name: "kind", header: "Kind", sortField: "KIND" }, cell: nameOf },
  {
    ...{ name: "phoneNumber", header: "Phone number", sortField: "PHONE_NUMBER" },
    cell: ({ phoneNumber }) => <bdi>{phoneNumber}</bdi>,
  },
  {
    ...{ name: "amount", header: "Amount", sortField: "AMOUNT", isNumber: true },
    cell: ({ amount, pocketGroup }) => (
      <span className={amount > 0 ? "added" : "nowrap"}>
        {amount > 0 && "+"}
        <PocketMoney amount={amount} group={pocketGroup} />
      </span>
    ),
  },
  {
    ...{ name: "balanceAfter", header: "Balance after", isNumber: true },
    cell: ({ balanceAfter, pocketGroup }) => (
      <PocketMoney amount={balanceAfter} group={pocketGroup} />
    ),
  },
  {
    ...{ name: "group", header: "Pocket group" },
    cell: ({ pocketGroup }) => <Name>{pocketGroup.name}</Name>,
  },
  {
    ...{ name: "reference", header: "Reference", sortField: "REFERENCE" },
    cell: ({ reference }) => <ShortText text={reference} />,
  },
  {
    ...{ name: "note", header: "Note", isExtra: true },
    cell: ({ note }) => <ShortText text={note} />,
  },
  {
    ...{ name: "merchant", header: "Merchant", isExtra: true },
    cell: ({ merchant }) => <Name>{merchant.name}</Name>,
  },
  { ...{ name: "token", header: "Token", isExtra: true }, cell: ({ token }) => token },
];

function ShortText({ text }: { readonly text: string | null }) {
  return (
    <Text size="sm" dir="auto" lineClamp={1} maw={240}>
      {text}
    </Text>
  );
}
