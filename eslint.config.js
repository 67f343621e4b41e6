import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

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
      // Resolvers and payload types are classes with decorators and often nothing else.
      "@typescript-eslint/no-extraneous-class": [
        "error",
        { allowWithDecorator: true, allowEmpty: true },
      ],
      // Texts are put into SQL by database/sql.ts alone, which checks them.
      "no-restricted-properties": [
        "error",
        {
          object: "Prisma",
          property: "raw",
          message: "Use identifier() or alias() of database/sql.ts.",
        },
        { property: "$queryRawUnsafe", message: "Use the sql template of database/sql.ts." },
        { property: "$executeRawUnsafe", message: "Use the sql template of database/sql.ts." },
      ],
    },
  },
  { files: ["src/database/sql.ts"], rules: { "no-restricted-properties": "off" } },
  {
    files: ["src/**/*.ts"],
    ignores: ["src/config.ts", "src/database/postgres-programs.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        {
          object: "process",
          property: "env",
          message: "config.ts is the only reader of the environment.",
        },
        {
          object: "Prisma",
          property: "raw",
          message: "Use identifier() or alias() of database/sql.ts.",
        },
        { property: "$queryRawUnsafe", message: "Use the sql template of database/sql.ts." },
        { property: "$executeRawUnsafe", message: "Use the sql template of database/sql.ts." },
      ],
    },
  },
  {
    files: ["scripts/**/*.mjs", "bench/**/*.mjs", "*.js"],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        URL: "readonly",
        performance: "readonly",
      },
    },
  },
);
