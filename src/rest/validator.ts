import { Ajv, type ValidateFunction } from "ajv";
import type { FastifySchemaCompiler, FastifySchemaValidationError } from "fastify";
import { parseCurrency } from "../shared/currency.js";
import { parseInstant } from "../shared/instant.js";
import { DESCRIBED_KEYWORDS } from "./violation.js";

/** Teaches a validator the formats of our schemas, as everything else here reads them. */
export function addFormats(ajv: Pick<Ajv, "addFormat">): void {
  ajv.addFormat("date-time", (text) => parseInstant(text) !== null);
  ajv.addFormat("iso-4217", (text) => parseCurrency(text) !== null);
}

/** The keywords that apply schemas to parts of a value, and report no violations themselves. */
const APPLYING: ReadonlySet<string> = new Set(["properties", "items", "$ref"]);

let created: Ajv | undefined;

/**
 * What a schema does not allow is refused, never changed or dropped. Only schemas whose violations can be described to
 * a client compile: strict mode refuses the other keywords.
 */
function validator(): Ajv {
  if (created) return created;
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, messages: false });
  addFormats(ajv);
  // Rules report a malformed id as one that matches no record, and a malformed token in its charge's own result.
  ajv.addFormat("uuid", true);
  // Compiles the schema of schemas, which uses every keyword. The result is synchronous for a synchronous schema.
  void ajv.validateSchema({});
  const keywords = ajv.RULES.rules.flatMap(({ rules }) => rules.map(({ keyword }) => keyword));
  for (const keyword of keywords) {
    if (!DESCRIBED_KEYWORDS.has(keyword) && !APPLYING.has(keyword)) ajv.removeKeyword(keyword);
  }
  // Annotations for the OpenAPI document.
  ajv.addVocabulary(["x-examples"]);
  return (created = ajv);
}

/**
 * Validates one part of a route's requests. Its schema is compiled for the first of them: compiling the schemas of
 * all routes would take a tenth of a start.
 */
export const compileLazily: FastifySchemaCompiler<object> = ({ schema }) => {
  let compiled: ValidateFunction | undefined;
  const validate = (value: unknown): boolean => {
    compiled ??= validator().compile(schema);
    const isValid = compiled(value);
    validate.errors = compiled.errors ?? null;
    return isValid;
  };
  validate.errors = null as FastifySchemaValidationError[] | null;
  return validate;
};
