import { useEffect } from "react";
import { useLocation } from "wouter";
import { messageOf } from "../../api/problems.js";
import { useOperation } from "../../api/use-operation.js";
import { EmptyState, ErrorState, LoadingState } from "../../components/states.js";
import { useOpenPocket } from "../arrival.js";
import { NoPocket } from "../no-pocket.js";
import type { Group } from "../pocket-queries.js";
import { FIND_NUMBER, FIND_TOKEN, pocketAddress, searchOf } from "./find-pocket.js";
import { OtherGroups } from "./other-groups.js";

interface SearchResultProps {
  readonly group: Group;
  readonly text: string;
}

/** Opens the pocket that was found, or says what is possible. */
export function SearchResult({ group, text }: SearchResultProps) {
  const search = searchOf(text);
  return search.kind === "token" ? (
    <TokenResult group={group} token={search.token} />
  ) : (
    <NumberResult group={group} phoneNumber={search.phoneNumber} />
  );
}

function NumberResult({ group, phoneNumber }: { readonly group: Group; phoneNumber: string }) {
  const { data, error, reload } = useOperation(FIND_NUMBER, { slug: group.slug, phoneNumber });
  const openPocket = useOpenPocket(group.slug);
  const found = data?.pocket?.phoneNumber;
  useOpening(found === undefined ? null : pocketAddress(group.slug, found));
  if (error?.graphQLErrors.some(({ extensions }) => extensions.code === "BAD_USER_INPUT")) {
    return (
      <EmptyState
        title="This is neither a phone number nor a token"
        text={`${messageOf(error).replace(/^phoneNumber/, "A phone number")} A token is a UUID, such as 01988f7a-d22b-7c3d-977f-27af99c2a5a5.`}
      >
        <OtherGroups found={data?.pockets.nodes ?? []} />
      </EmptyState>
    );
  }
  if (error) return <ErrorState message={messageOf(error)} onRetry={() => void reload()} />;
  if (!data || found !== undefined) return <LoadingState label="Searching" />;
  return (
    <>
      <NoPocket {...{ group, phoneNumber }} onCharged={openPocket} />
      <OtherGroups found={data.pockets.nodes} />
    </>
  );
}

function TokenResult({ group, token }: { readonly group: Group; readonly token: string }) {
  const variables = { slug: group.slug, token, id: token };
  const { data, error, reload } = useOperation(FIND_TOKEN, variables);
  const found = data?.pocketEntry ?? data?.pocketHold;
  useOpening(found ? pocketAddress(group.slug, found.phoneNumber, token) : null);
  if (error) return <ErrorState message={messageOf(error)} onRetry={() => void reload()} />;
  if (!data || found) return <LoadingState label="Searching" />;
  return (
    <EmptyState
      title={`Nothing in ${group.name} has this token`}
      text="No charge, debit, reversal or hold that this token may see has it. If it was to be made, it was not: it can be sent again."
    >
      <OtherGroups found={[...data.pocketEntries.nodes, ...data.pocketHolds.nodes]} token={token} />
    </EmptyState>
  );
}

/** Replaces the search in the browser's history, so that going back does not open the pocket again. */
function useOpening(address: string | null): void {
  const [, navigate] = useLocation();
  useEffect(() => {
    if (address !== null) navigate(address, { replace: true });
  }, [address, navigate]);
}
