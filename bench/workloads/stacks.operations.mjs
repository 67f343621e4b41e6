import { DEMO_GROUP_SLUG } from "../../dist/demo/demo.js";

export const LIST_LENGTH = 50;
const FIELDS = "token phoneNumber amount balanceAfter createdAt";

/** All peers except PostGraphile accept Pocketcharge's own requests. */
const OWN = {
  charge: `mutation ($input: ChargePocketsInput!) { chargePockets(input: $input) {
    results { token phoneNumber amount status message pocketCharge { balanceAfter } } } }`,
  trace: `query ($token: UUID!) {
    pocketCharge(pocketGroupSlug: "${DEMO_GROUP_SLUG}", token: $token) { id ${FIELDS} } }`,
  list: `{ pocketCharges(first: ${LIST_LENGTH}) { nodes {
    id ${FIELDS} pocket { balance } merchant { name } } } }`,
};

/** The same with PostGraphile's names. It gets the group's id, so it need not look up the slug. */
const POSTGRAPHILE = {
  charge: `mutation ($input: ChargePocketsInput!) { chargePockets(input: $input) {
    results { token phoneNumber amount status message balanceAfter } } }`,
  trace: `query ($token: UUID!, $pocketGroupId: UUID!) {
    pocketCharge: pocketChargeByPocketGroupIdAndToken(pocketGroupId: $pocketGroupId, token: $token) {
      id: rowId ${FIELDS} } }`,
  list: `query ($pocketGroupId: UUID!) { pocketCharges: allPocketCharges(
    first: ${LIST_LENGTH}, condition: { pocketGroupId: $pocketGroupId },
    orderBy: [CREATED_AT_DESC, ROW_ID_DESC]
  ) { nodes {
    id: rowId ${FIELDS}
    pocket: pocketByPocketGroupIdAndPhoneNumber { balance } merchant: merchantByMerchantId { name }
  } } }`,
};

/**
 * The requests of a side.
 *
 * @param {string} side
 * @param {{ pocketGroupId: string, tokenToTrace: string }} records
 */
export function operationsOf(side, { pocketGroupId, tokenToTrace: token }) {
  const queries = side === "postgraphile" ? POSTGRAPHILE : OWN;
  const ids = side === "postgraphile" ? { pocketGroupId } : {};
  return {
    charge: (charges) => ({
      query: queries.charge,
      variables: { input: { pocketGroupSlug: DEMO_GROUP_SLUG, charges } },
    }),
    trace: () => ({ query: queries.trace, variables: { token, ...ids } }),
    list: () => ({ query: queries.list, variables: ids }),
  };
}

/** The number of charges that a request made. */
export function countMade(answer) {
  const results = JSON.parse(answer).data?.chargePockets?.results ?? [];
  return results.filter(({ status }) => status === "SUCCESS").length;
}

/**
 * The records in a response, in the same form for all sides: PostGraphile writes amounts as strings, and the
 * decimals of timestamps differ.
 *
 * @throws unless the response is complete.
 */
export function readRecords(kind, answer) {
  const { data, errors } = JSON.parse(answer);
  const nodes = kind === "trace" ? [data?.pocketCharge] : (data?.pocketCharges?.nodes ?? []);
  const isWhole = (node) =>
    node && (kind === "trace" || (node.pocket?.balance && node.merchant?.name));
  if (errors || nodes.length !== (kind === "trace" ? 1 : LIST_LENGTH) || !nodes.every(isWhole)) {
    throw new Error(`The response to a ${kind} is incomplete: ${answer.slice(0, 1_000)}`);
  }
  return nodes.map((node) => ({
    ...node,
    amount: Number(node.amount),
    balanceAfter: Number(node.balanceAfter),
    createdAt: new Date(node.createdAt).toISOString(),
    ...(node.pocket && { pocket: { balance: Number(node.pocket.balance) } }),
  }));
}
