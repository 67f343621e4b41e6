import js from "@eslint/js";
import graphqlEslint from "@graphql-eslint/eslint-plugin";
import reactHooks from "eslint-plugin-react-hooks";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

// Only database/sql.ts may put strings into SQL, because it validates them.
const UNSAFE_SQL = [
  { object: "Prisma", property: "raw", message: "Use identifier() or alias() of database/sql.ts." },
  { object: "Prisma", property: "Sql", message: "Use the sql template of database/sql.ts." },
  { property: "$queryRawUnsafe", message: "Use the sql template of database/sql.ts." },
  { property: "$executeRawUnsafe", message: "Use the sql template of database/sql.ts." },
];
const BUILT_TEXT = ":matches(TemplateLiteral[expressions.length>0], BinaryExpression)";
const QUERY = 'CallExpression[callee.property.name="query"]';
const BUILT_SQL = [
  {
    selector: `${QUERY} > ${BUILT_TEXT}, ${QUERY} > ObjectExpression > Property[key.name="text"] > ${BUILT_TEXT}`,
    message: "Write the statement as a constant, or use the sql template of database/sql.ts.",
  },
  {
    selector: 'CallExpression[callee.name="sql"]',
    message:
      "Use sql only as a template tag: called as a function, it accepts any string as a statement.",
  },
];
const OWN_QUERY = {
  // A compiled GraphQL query also has a method of this name.
  selector: `${QUERY}:not([callee.object.name="query"])`,
  message:
    "Send statements with readRows() and writeRows() of database/database.ts, which accept no strings.",
};
// Without a collation, the result of lower() and similar functions depends on the database's locale.
const OWN_CASE = {
  selector:
    "TaggedTemplateExpression[tag.name='sql'] TemplateElement[value.raw=/\\b(lower|upper|initcap|casefold)\\((?!.*\\bcollate \"C\")|\\bilike\\b|~~?[*]/i]",
  message: 'Fold case with foldedCase() of database/fold-case.ts. For ASCII, add collate "C".',
};
const ENVIRONMENT = {
  object: "process",
  property: "env",
  message: "config/ is the only reader of the environment.",
};

// Types that are not records, such as pages and payloads, and therefore have no id.
const WITHOUT_ID = {
  types: [
    ...["PageInfo", "UserError", "Viewer", "AuditChange", "Metadata"],
    ...["PocketPeriodLimit", "PocketStatement", "PocketStatementTotal"],
  ],
  suffixes: [
    "Payload",
    "Connection",
    "Edge",
    "Aggregate",
    "Averages",
    "Extremes",
    "Sums",
    "Grouping",
    "GroupingValues",
    "StatusChange",
    "Result",
  ],
};

export default defineConfig(
  {
    ignores: [
      "node_modules",
      "**/dist",
      "data",
      "coverage",
      "src/database/generated",
      "examples/client/graphql-env.d.ts",
      "console/src/generated",
      // Its types exist only after GraphQL Code Generator has run, in test/clients.
      "examples/codegen/src",
    ],
  },
  { files: ["**/*.{js,mjs,cjs,ts,tsx}"], extends: [js.configs.recommended] },
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      // Allow `const { omitted, ...rest } = object`, which copies an object without a property.
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      // Resolvers and payload types are classes that may contain only decorators.
      "@typescript-eslint/no-extraneous-class": [
        "error",
        { allowWithDecorator: true, allowEmpty: true },
      ],
      // Resolvers return plain objects that have the shape of type-graphql's classes.
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      "no-restricted-properties": ["error", ...UNSAFE_SQL],
    },
  },
  {
    files: ["src/**/*.ts"],
    ignores: ["src/config/*.ts", "src/embedded-postgres/postgres-programs.ts"],
    rules: { "no-restricted-properties": ["error", ...UNSAFE_SQL, ENVIRONMENT] },
  },
  {
    files: ["src/**/*.ts"],
    ignores: ["src/{database,citus,embedded-postgres}/**"],
    rules: { "no-restricted-syntax": ["error", ...BUILT_SQL, OWN_CASE, OWN_QUERY] },
  },
  {
    files: ["src/{database,citus,embedded-postgres}/**/*.ts"],
    rules: { "no-restricted-syntax": ["error", ...BUILT_SQL, OWN_CASE] },
  },
  {
    files: ["src/database/fold-case.ts"],
    rules: { "no-restricted-syntax": ["error", ...BUILT_SQL] },
  },
  {
    files: ["src/database/sql.ts"],
    rules: { "no-restricted-properties": ["error", ENVIRONMENT] },
  },
  {
    // A missing value fails the test anyway, with its location.
    files: ["test/**/*.ts"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off" },
  },
  {
    files: [
      "bin/**/*.mjs",
      "scripts/**/*.mjs",
      "bench/**/*.mjs",
      "faults/**/*.mjs",
      "examples/**/*.mjs",
      "*.js",
    ],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        URL: "readonly",
        performance: "readonly",
        setInterval: "readonly",
        clearInterval: "readonly",
      },
    },
  },
  {
    files: ["console/**/*.{ts,tsx}"],
    extends: [reactHooks.configs.flat["recommended-latest"]],
    rules: {
      // Components return elements, and handlers of events may be async.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ["public/**/*.js"],
    languageOptions: { globals: { document: "readonly", window: "readonly", URL: "readonly" } },
  },
  {
    files: ["examples/browser/*.js"],
    languageOptions: {
      globals: {
        AbortController: "readonly",
        AbortSignal: "readonly",
        TextDecoderStream: "readonly",
        FormData: "readonly",
        clearTimeout: "readonly",
        document: "readonly",
        fetch: "readonly",
        location: "readonly",
        sessionStorage: "readonly",
        setTimeout: "readonly",
      },
    },
  },
  {
    files: ["schema.graphql"],
    plugins: { "@graphql-eslint": graphqlEslint },
    languageOptions: {
      parser: graphqlEslint.parser,
      parserOptions: { graphQLConfig: { schema: `${import.meta.dirname}/schema.graphql` } },
    },
    rules: {
      ...graphqlEslint.configs["flat/schema-all"].rules,
      ...graphqlEslint.configs["flat/schema-relay"].rules,
      "@graphql-eslint/require-description": [
        "error",
        {
          types: true,
          FieldDefinition: true,
          InputValueDefinition: true,
          EnumValueDefinition: true,
          DirectiveDefinition: true,
        },
      ],
      "@graphql-eslint/strict-id-in-types": ["error", { exceptions: WITHOUT_ID }],
      // A connection has `nodes` next to its edges, and each record type has its own query by id.
      "@graphql-eslint/relay-edge-types": [
        "error",
        { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false },
      ],
      // The build sorts everything by name. This rule expects ids and timestamps in separate groups.
      "@graphql-eslint/alphabetize": "off",
      // The following rules would change names and types that clients already use.
      "@graphql-eslint/input-name": "off", // `id` and `slug` are arguments next to `input`
      "@graphql-eslint/no-root-type": "off", // the schema has mutations
      "@graphql-eslint/no-typename-prefix": "off", // Pocket has a `pocketGroup`, which is a separate type
      "@graphql-eslint/require-field-of-type-query-in-mutation-result": "off",
      "@graphql-eslint/require-nullable-result-in-root": "off", // lists and payloads are never null
      // GraphQL's own @deprecated directive has no date.
      "@graphql-eslint/require-deprecation-date": "off",
    },
  },
);
