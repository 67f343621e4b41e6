import { Anchor, List, Text } from "@mantine/core";
import { Link } from "wouter";
import { Name } from "../../components/values.js";
import { pocketAddress } from "./find-pocket.js";

interface OtherGroupsProps {
  readonly found: readonly {
    readonly id: string;
    readonly phoneNumber: string;
    readonly pocketGroup: { readonly slug: string; readonly name: string };
  }[];
  readonly token?: string;
}

/** The same number or token in other groups: the person may have chosen the wrong one. */
export function OtherGroups({ found, token }: OtherGroupsProps) {
  if (found.length === 0) return null;
  return (
    <>
      <Text>It is in another pocket group:</Text>
      <List>
        {found.map(({ id, phoneNumber, pocketGroup }) => (
          <List.Item key={id}>
            <Anchor
              component={Link}
              href={pocketAddress(pocketGroup.slug, phoneNumber, token)}
              underline="always"
            >
              <bdi>{phoneNumber}</bdi> in <Name>{pocketGroup.name}</Name>
            </Anchor>
          </List.Item>
        ))}
      </List>
    </>
  );
}
