import { Anchor } from "@mantine/core";
import { Link } from "wouter";
import type { ResultOf } from "../api/graphql.js";
import { useOperation } from "../api/use-operation.js";
import { type AuditEntry, CHANGED_RECORD } from "./audit-queries.js";

/** The types with a page that operators can open; those of a merchant are on the merchant's page. */
const OF_MERCHANT: readonly string[] = ["ApiToken", "Employee", "Merchant"];
const WITH_PAGE: readonly string[] = [...OF_MERCHANT, "PocketGroup", "PocketGroupGrant", "Pocket"];

/** The changed record, with a link to its page if it has one. */
export function ChangedRecord({ entry }: { readonly entry: AuditEntry }) {
  const { recordType, recordId, merchantId } = entry;
  const isOfMerchant = OF_MERCHANT.includes(recordType);
  const id = isOfMerchant && merchantId !== null ? merchantId : recordId;
  const { data } = useOperation(CHANGED_RECORD, { id }, { pause: !WITH_PAGE.includes(recordType) });
  const page = data?.node ? pageOf(data.node, id) : null;
  return (
    <>
      {recordId}
      {page && (
        <>
          {": "}
          <Anchor component={Link} href={page.href} inherit>
            <bdi>{page.name}</bdi>
          </Anchor>
        </>
      )}
    </>
  );
}

type Node = NonNullable<ResultOf<typeof CHANGED_RECORD>["node"]>;

function pageOf(node: Node, id: string): { readonly name: string; readonly href: string } | null {
  if (node.__typename === "Merchant") return { name: node.name, href: `/merchants/${id}` };
  if (node.__typename === "PocketGroup") {
    return { name: node.name, href: `/groups/${encodeURIComponent(node.slug)}` };
  }
  if (node.__typename !== "Pocket") return null;
  const { phoneNumber, pocketGroup } = node;
  const href = `/pockets/${encodeURIComponent(pocketGroup.slug)}/${phoneNumber}`;
  return { name: phoneNumber, href };
}
