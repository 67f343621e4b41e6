import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

// Texts are put into SQL by database/sql.ts alone, which checks them.
const UNSAFE_SQL = [
  { object: "Prisma", property: "raw", message: "Use identifier() or alias() of database/sql.ts." },
  { property: "$queryRawUnsafe", message: "Use the sql template of database/sql.ts." },
  { property: "$executeRawUnsafe", message: "Use the sql template of database/sql.ts." },
];
const ENVIRONMENT = {
  object: "process",
  property: "env",
  message: "config.ts is the only reader of the environment.",
};

export default defineConfig(
  { ignores: ["node_modules", "dist", "data", "coverage", "src/database/generated"] },
  js.configs.recommended,
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
    ignores: ["src/config.ts", "src/database/postgres-programs.ts"],
    rules: { "no-restricted-properties": ["error", ...UNSAFE_SQL, ENVIRONMENT] },
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
    files: ["scripts/**/*.mjs", "bench/**/*.mjs", "*.js"],
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
);
