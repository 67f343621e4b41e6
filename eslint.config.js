import js from "@eslint/js";
import graphqlEslint from "@graphql-eslint/eslint-plugin";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

// Texts are put into SQL by database/sql.ts alone, which checks them.
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
    message: "A statement is constant, or the sql template of database/sql.ts makes it.",
  },
  {
    selector: 'CallExpression[callee.name="sql"]',
    message:
      "sql is the tag of a template: called as a function, it takes any text for a statement.",
  },
];
const OWN_QUERY = {
  // A compiled GraphQL query has a function of this name too.
  selector: `${QUERY}:not([callee.object.name="query"])`,
  message:
    "Statements are sent by readRows() and writeRows() of database/database.ts, which takes no text.",
};
// What lower() and its like do without a collation depends on the locale that the database was created with.
const OWN_CASE = {
  selector:
    "TaggedTemplateExpression[tag.name='sql'] TemplateElement[value.raw=/\\b(lower|upper|initcap|casefold)\\((?!.*\\bcollate \"C\")|\\bilike\\b|~~?[*]/i]",
  message: 'Case is folded by foldedCase() of database/fold-case.ts; for ASCII, name collate "C".',
};
const ENVIRONMENT = {
  object: "process",
  property: "env",
  message: "config/ is the only reader of the environment.",
};

// Figures, pages and payloads: what answers have that is no record, and so has no id.
const WITHOUT_ID = {
  types: ["PageInfo", "UserError", "Viewer", "PocketChargeResult", "AuditChange"],
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
    ],
  },
  { files: ["**/*.{js,mjs,cjs,ts}"], extends: [js.configs.recommended] },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      // Naming a property is how the others are taken without it.
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      // Resolvers and payload types are classes with decorators and often nothing else.
      "@typescript-eslint/no-extraneous-class": [
        "error",
        { allowWithDecorator: true, allowEmpty: true },
      ],
      // type-graphql's classes are shapes: plain objects of that shape are what resolvers answer.
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
    // A value that is missing in a test fails that test, with its place.
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
    files: ["public/**/*.js"],
    languageOptions: { globals: { document: "readonly", window: "readonly", URL: "readonly" } },
  },
  {
    files: ["examples/browser/*.js"],
    languageOptions: {
      globals: {
        AbortSignal: "readonly",
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
      // A connection has its `nodes` beside its edges, and records are looked up by their own queries.
      "@graphql-eslint/relay-edge-types": [
        "error",
        { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false },
      ],
      // The build sorts everything by name, ids and times not apart from the rest.
      "@graphql-eslint/alphabetize": "off",
      // What follows would need other names or types than those that clients know.
      "@graphql-eslint/input-name": "off", // `id` and `slug` stand beside `input`
      "@graphql-eslint/no-root-type": "off", // there are mutations
      "@graphql-eslint/no-typename-prefix": "off", // Pocket has a `pocketGroup`, a thing of its own
      "@graphql-eslint/require-field-of-type-query-in-mutation-result": "off",
      "@graphql-eslint/require-nullable-result-in-root": "off", // lists and payloads always are
      // GraphQL's own @deprecated has no date to tell.
      "@graphql-eslint/require-deprecation-date": "off",
    },
  },
);
