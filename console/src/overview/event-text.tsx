import { Anchor, Text } from "@mantine/core";
import { Link } from "wouter";
import { useViewer } from "../api/viewer.js";
import type { EventShown } from "./event-queries.js";
import { sentenceOf } from "./event-sentence.js";

interface EventTextProps {
  readonly event: EventShown;
  readonly size?: "sm" | "md";
}

/** What an event reports, in a sentence that links its record if the viewer may open it. */
export function EventText({ event, size = "md" }: EventTextProps) {
  const { may, isOperator } = useViewer();
  const { before, record, after, href } = sentenceOf(event);
  const isOfPocket = href?.startsWith("/pockets") === true;
  const mayOpen = isOfPocket ? isOperator || may("POCKETS_READ") : may("PAYMENTS_READ");
  return (
    <Text size={size} className="breakable">
      {before}{" "}
      {href !== null && mayOpen ? (
        <Anchor component={Link} href={href} inherit>
          <bdi>{record}</bdi>
        </Anchor>
      ) : (
        <bdi>{record}</bdi>
      )}{" "}
      {after}
    </Text>
  );
}
