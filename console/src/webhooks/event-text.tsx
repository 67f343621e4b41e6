import { Anchor, Text } from "@mantine/core";
import { Link } from "wouter";
import { useViewer } from "../api/viewer.js";
import type { EventShown } from "../overview/event-queries.js";
import { sentenceOf } from "../overview/event-sentence.js";

/** What an event reports, in a sentence that links its record. */
export function EventText({ event }: { readonly event: EventShown }) {
  const { may } = useViewer();
  const { before, record, after, href } = sentenceOf(event);
  const mayOpen =
    href !== null && may(href.startsWith("/pockets") ? "POCKETS_READ" : "PAYMENTS_READ");
  return (
    <Text className="breakable">
      {before}{" "}
      {mayOpen ? (
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
