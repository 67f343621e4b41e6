import { Ajv, type ValidateFunction } from "ajv";
import type { FastifySchemaCompiler, FastifySchemaValidationError } from "fastify";
import { parseCurrency } from "../shared/currency.js";
import { parseInstant } from "../shared/instant.js";

/** Teaches a validator the formats of our schemas, as everything else here reads them. */
export function addFormats(ajv: Pick<Ajv, "addFormat">): void {
  ajv.addFormat("date-time", (text) => parseInstant(text) !== null);
  ajv.addFormat("iso-4217", (text) => parseCurrency(text) !== null);
}

/** What a schema does not allow is refused, never changed or dropped. */
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
addFormats(ajv);
// Rules report a malformed id as one that matches no record, and a malformed token in its charge's own result.
ajv.addFormat("uuid", true);
// Annotations for the OpenAPI document.
ajv.addVocabulary(["x-examples"]);

/**
 * Validates one part of a route's requests. Its schema is compiled for the first of them: compiling the schemas of
 * all routes would take a tenth of a start.
 */
export const compileLazily: FastifySchemaCompiler<object> = ({ schema }) => {
  let compiled: ValidateFunction | undefined;
  const validate = (value: unknown): boolean => {
    compiled ??= ajv.compile(schema);
    const isValid = compiled(value);
    validate.errors = compiled.errors ?? null;
    return isValid;
  };
  validate.errors = null as FastifySchemaValidationError[] | null;
  return validate;
};
