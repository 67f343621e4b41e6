import { useState } from "react";
import { graphql } from "../api/graphql.js";
import { useOperation } from "../api/use-operation.js";
import { Loaded } from "../components/loaded.js";
import { Grants } from "../groups/grants.js";
import { NUMBERED_PAGE_SIZE } from "../listing/numbered-list.js";
import { MERCHANT_GROUPS, type Merchant } from "./merchant-documents.js";

const FIND_GROUPS = graphql(`
  query FindPocketGroups($filter: PocketGroupFilter) {
    found: pocketGroups(filter: $filter, first: 20, sort: [{ field: NAME }]) {
      nodes {
        id
        slug
        name
      }
    }
  }
`);

/** The pocket groups that the merchant may use. */
export function MerchantGroups({ merchant }: { readonly merchant: Merchant }) {
  const { id: merchantId } = merchant;
  const [number, setNumber] = useState(1);
  const page = { number, size: NUMBERED_PAGE_SIZE };
  const operation = useOperation(MERCHANT_GROUPS, { id: merchantId, page });
  return (
    <Loaded operation={operation} label="Loading the pocket groups">
      {({ merchant: found }) => (
        <Grants
          title="Pocket groups"
          empty="The merchant may use no pocket group yet."
          rows={found?.pocketGroups.nodes ?? []}
          page={number}
          onPage={setNumber}
          columns={[
            { header: "Slug", cell: ({ slug }) => slug },
            { header: "Currency", cell: ({ currency }) => currency },
          ]}
          addressOf={({ slug }) => `/groups/${slug}`}
          button="Grant a group"
          dialog={{
            title: "Grant a pocket group",
            label: "Pocket group",
            query: FIND_GROUPS,
            grantOf: (slug) => ({ slug, merchantId }),
          }}
          revokeOf={({ slug, name }) => ({
            grant: { slug, group: name, merchantId, merchant: merchant.name },
            label: `Revoke ${name}`,
          })}
          readAgain={operation.reload}
        />
      )}
    </Loaded>
  );
}
