import { useParams } from "wouter";
import { messageOf } from "../api/problems.js";
import { useListState } from "../listing/list-state.js";
import { EmptyState, ErrorState, LoadingState } from "../components/states.js";
import { Page } from "../components/page.js";
import { useDone } from "./arrival.js";
import { NoPocket } from "./no-pocket.js";
import { PocketView } from "./pocket-view.js";
import { dayRangeOf, instantsOf } from "./statement/day-range.js";
import { useMarked, usePocket } from "./use-pocket.js";

const UNSORTED: readonly string[] = [];

/** The page of one pocket: its balance, its open holds and its statement, and what can be done with it. */
export default function PocketPage() {
  const { slug = "", phoneNumber = "" } = useParams();
  const state = useListState(UNSORTED);
  const range = dayRangeOf(state.filter("from"), state.filter("to"), new Date());
  const pocket = usePocket({ slug, phoneNumber }, instantsOf(range), state.page);
  const marked = useMarked(slug, state.filter("token"));
  const [done, setDone] = useDone();
  const { data, error } = pocket;
  const reload = async (): Promise<void> => {
    await Promise.all([pocket.reload(), marked.reload()]);
  };
  if (error && !data?.pocket) {
    return (
      <Page title="Pocket">
        <ErrorState message={messageOf(error)} onRetry={() => void reload()} />
      </Page>
    );
  }
  if (!data) {
    return (
      <Page title="Pocket">
        <LoadingState label="Loading the pocket" />
      </Page>
    );
  }
  if (!data.pocketGroup) {
    return (
      <Page title="Pocket">
        <EmptyState
          title="There is no such pocket group"
          text={`No pocket group has the name ${slug} in its address.`}
        />
      </Page>
    );
  }
  if (!data.pocket) {
    return (
      <Page title="Pocket">
        <NoPocket
          group={data.pocketGroup}
          {...{ phoneNumber }}
          onCharged={async (_, what) => {
            await reload();
            setDone(what);
          }}
        />
      </Page>
    );
  }
  return (
    <PocketView
      pocket={data.pocket}
      group={data.pocketGroup}
      {...{ state, range, marked, reload, done, setDone }}
      isStale={pocket.isStale}
      isLive={pocket.isLive && !error}
    />
  );
}
