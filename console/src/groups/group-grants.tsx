import { useState } from "react";
import { graphql } from "../api/graphql.js";
import { useOperation } from "../api/use-operation.js";
import { Loaded } from "../components/loaded.js";
import { NUMBERED_PAGE_SIZE } from "../listing/numbered-list.js";
import { Grants } from "./grants.js";
import { GROUP_MERCHANTS, type PocketGroup } from "./group-documents.js";

const FIND_MERCHANTS = graphql(`
  query FindMerchants($filter: MerchantFilter) {
    found: merchants(filter: $filter, first: 20, sort: [{ field: NAME }]) {
      nodes {
        id
        name
      }
    }
  }
`);

/** The merchants that may use the group. */
export function GroupGrants({ group }: { readonly group: PocketGroup }) {
  const { slug } = group;
  const [number, setNumber] = useState(1);
  const page = { number, size: NUMBERED_PAGE_SIZE };
  const operation = useOperation(GROUP_MERCHANTS, { slug, page });
  return (
    <Loaded operation={operation} label="Loading the merchants">
      {({ pocketGroup }) => (
        <Grants
          title="Merchants that may use the group"
          empty="No merchant may use this group yet."
          rows={pocketGroup?.merchants ?? []}
          page={number}
          onPage={setNumber}
          columns={[]}
          addressOf={({ id }) => `/merchants/${id}`}
          button="Grant to a merchant"
          dialog={{
            title: "Grant the group to a merchant",
            label: "Merchant",
            query: FIND_MERCHANTS,
            grantOf: (merchantId) => ({ slug, merchantId }),
          }}
          revokeOf={({ id, name }) => ({
            grant: { slug, group: group.name, merchantId: id, merchant: name },
            label: `Revoke from ${name}`,
          })}
          readAgain={operation.reload}
        />
      )}
    </Loaded>
  );
}
