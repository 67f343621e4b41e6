import { Group as Row, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Name } from "../../components/values.js";
import type { Entry, Hold } from "../pocket-queries.js";
import { TokenText } from "./token-text.js";

interface Facts {
  readonly token: string;
  readonly reference: string | null;
  readonly note: string | null;
  readonly metadata: Entry["metadata"];
  readonly merchant: Entry["merchant"];
}

/** What the merchant sent with an entry or a hold. */
export function EntryFacts({ facts }: { readonly facts: Facts & (Entry | Hold) }) {
  const { token, reference, note, metadata, merchant } = facts;
  return (
    <Row component="dl" m={0} gap="0 16px">
      <Fact name="By">
        <Name>{merchant.name}</Name>
      </Fact>
      {reference !== null && (
        <Fact name="Reference">
          <Name>{reference}</Name>
        </Fact>
      )}
      {note !== null && (
        <Fact name="Note">
          <Name>{note}</Name>
        </Fact>
      )}
      {metadata.map(({ key, value }) => (
        <Fact key={key} name={<Name>{key}</Name>}>
          <Name>{value}</Name>
        </Fact>
      ))}
      <Fact name="Token">
        <TokenText token={token} />
      </Fact>
    </Row>
  );
}

function Fact({ name, children }: { readonly name: ReactNode; readonly children: ReactNode }) {
  return (
    <Row gap={6} wrap="nowrap" align="baseline" maw="100%">
      <Text component="dt" size="sm" c="dimmed">
        {name}
      </Text>
      <Text component="dd" size="sm" m={0} className="breakable">
        {children}
      </Text>
    </Row>
  );
}
