import type { CodegenConfig } from "@graphql-codegen/cli";

const config: CodegenConfig = {
  schema: "schema.graphql",
  documents: "src/*.ts",
  importExtension: ".js", // not for a bundler
  generates: {
    "src/gql/": {
      preset: "client",
      config: {
        useTypeImports: true,
        // A scalar that is missing here stops the generator.
        strictScalars: true,
        scalars: {
          Amount: "number", // in minor units, such as cents; at most 2^53-1, so a number is exact
          BigInt: "string", // a sum in digits, which may exceed 2^53-1: parse it with BigInt()
          Currency: "string",
          DateTime: "string", // exact to the microsecond; a Date would truncate it to milliseconds
          Decimal: "string",
          UUID: "string",
        },
      },
    },
  },
};

export default config;
