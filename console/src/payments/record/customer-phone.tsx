import { graphql } from "../../api/graphql.js";
import { useOperation } from "../../api/use-operation.js";
import { useViewer } from "../../api/viewer.js";
import { RecordLink } from "../../components/record-link.js";

const POCKET_OF = graphql(`
  query PocketOfCustomer($phoneNumber: String!) {
    pockets(first: 1, filter: { phoneNumber: { eq: [$phoneNumber] } }) {
      nodes {
        id
        pocketGroup {
          slug
        }
      }
    }
  }
`);

/** The number as pockets have it: digits that begin with the country's code. */
function digitsOf(phoneNumber: string): string {
  return phoneNumber.replace(/\D/g, "").replace(/^00/, "");
}

/** The phone number of a customer, which links to the search for its pockets if there is one. */
export function CustomerPhone({ phoneNumber }: { readonly phoneNumber: string }) {
  const { may } = useViewer();
  const digits = digitsOf(phoneNumber);
  const { data } = useOperation(
    POCKET_OF,
    { phoneNumber: digits },
    { pause: !may("POCKETS_READ") },
  );
  const [pocket] = data?.pockets.nodes ?? [];
  if (!pocket) return <bdi>{phoneNumber}</bdi>;
  const address = new URLSearchParams({ group: pocket.pocketGroup.slug, search: digits });
  return <RecordLink to={`/pockets?${address.toString()}`}>{phoneNumber}</RecordLink>;
}
