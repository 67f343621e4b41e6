/** Subscriptions whose field depends on a condition, with their variables. */
export const CONDITIONS: readonly (readonly [query: string, variables: object])[] = [
  ["subscription { pushed @skip(if: true) { number } }", {}],
  ["subscription { pushed @include(if: false) { number } }", {}],
  ["subscription ($no: Boolean!) { pushed @include(if: $no) { number } }", { no: false }],
  ["subscription ($yes: Boolean!) { pushed @include(if: $yes) { number } }", { yes: true }],
  ["subscription { ... @skip(if: true) { pushed { number } } }", {}],
  ["subscription { ... on Subscription { pushed @skip(if: true) { number } } }", {}],
  ["subscription { ...F @skip(if: true) } fragment F on Subscription { pushed { number } }", {}],
  [
    "subscription { ...F } fragment F on Subscription { ...G } fragment G on Subscription { pushed @skip(if: true) { number } }",
    {},
  ],
];
