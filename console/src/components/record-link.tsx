import { Anchor } from "@mantine/core";
import { Link } from "wouter";
import { Name } from "./values.js";

interface RecordLinkProps {
  /** Below /console. */
  readonly to: string;
  readonly children: string;
}

/** The name of a record, as a link to its page. */
export function RecordLink({ to, children }: RecordLinkProps) {
  return (
    <Anchor component={Link} href={to} inherit>
      <Name>{children}</Name>
    </Anchor>
  );
}
