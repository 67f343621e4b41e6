import {
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  Kind,
  type ObjectFieldNode,
  OperationTypeNode,
  TypeInfo,
  execute,
  isOutputType,
  parse,
  specifiedRules,
  validate,
  visit,
  visitWithTypeInfo,
} from "graphql";
import { LRUCache } from "lru-cache";
import type { ApiScope } from "../../callers/api-scope.js";
import { assert, present } from "../../shared/assert.js";
import { AppError } from "../../shared/errors.js";
import type { DocumentLimits } from "../../shared/request-limits.js";
import type { Context } from "../context.js";
import { messageOf } from "../exceeded.js";
import { inOurWords } from "../library-messages.js";
import { limitDocument } from "../operation-limits/document.js";
import { exceededByOperation, refusalOfSource } from "../operation-limits/limit-operations.js";
import { measureOperation } from "../operation-limits/measure.js";
import { limitResponse } from "../operation-limits/response.js";

/** The field whose selection is the stored one. */
const ROWS = "rows";

/** The number of parsed selections to keep. */
const MAX_KEPT = 1_000;

export interface StoredSelectionOptions {
  /** The object type that the selections are on. */
  readonly typeName: string;
  /** The maximum number of rows of one execution. The limits apply to all of them together. */
  readonly maxRows: number;
  /** The names of fields and filters that are null or refused for the callers, whatever the record. */
  readonly closedNames: ReadonlySet<string>;
  readonly limits: DocumentLimits;
}

/**
 * Selections on one type of the schema that clients store. The server executes them later, on rows that it has already
 * read. They are checked like operations, and have neither variables nor other definitions.
 */
export class StoredSelections {
  private readonly documents = new LRUCache<string, DocumentNode>({ max: MAX_KEPT });
  private known: GraphQLSchema | undefined;

  /** @param schema the whole schema. It is needed only when a selection is checked or executed. */
  constructor(
    private readonly schema: () => GraphQLSchema,
    private readonly options: StoredSelectionOptions,
  ) {}

  /**
   * The reasons why a selection cannot be stored; none if it can.
   *
   * @param selection a selection set, with or without the outer braces.
   * @param scopes the scopes of the callers for whom it will be executed.
   */
  problemsOf(selection: string, scopes: readonly ApiScope[]): readonly string[] {
    const { limits, closedNames } = this.options;
    const refusal = refusalOfSource(withBraces(selection), limits);
    if (refusal) return [refusal.message];
    const document = this.parse(selection);
    if (document instanceof GraphQLError) return [inOurWords(document.message)];
    const schema = this.schemaOfRows();
    const rules = [...specifiedRules, limitDocument(limits)];
    const errors = validate(schema, document, rules, { hideSuggestions: true });
    if (errors.length > 0) return [...new Set(errors.map(({ message }) => inOurWords(message)))];
    return (
      exceededIn(schema, document, limits) ?? closedFieldsOf(schema, document, scopes, closedNames)
    );
  }

  /**
   * The result of a valid selection for each row. A row whose result is not allowed to be null, but is, has null.
   *
   * @param context has the caller whose records may be read, the deadline, and the limit of bytes.
   * @throws an error that another attempt may not have, such as an unreachable database.
   */
  async select(
    selection: string,
    rows: readonly object[],
    context: Context,
  ): Promise<readonly (object | null)[]> {
    assert(rows.length <= this.options.maxRows, "a selection is executed on too many rows");
    const work = execute({
      schema: this.schemaOfRows(),
      document: this.documentOf(selection),
      rootValue: { [ROWS]: rows },
      contextValue: context,
    });
    const result = await context.deadline.race(Promise.resolve(work));
    const { data, errors = [] } = limitResponse(result, context.reads);
    const failure = errors.map(failureOf).find((error) => error !== undefined);
    if (failure) throw failure;
    return present(data, "the data of a selection")[ROWS] as readonly (object | null)[];
  }

  private documentOf(selection: string): DocumentNode {
    const kept = this.documents.get(selection);
    if (kept) return kept;
    const document = this.parse(selection);
    if (document instanceof GraphQLError) throw document;
    this.documents.set(selection, document);
    return document;
  }

  private parse(selection: string): DocumentNode | GraphQLError {
    try {
      return documentOf(withBraces(selection), this.options.limits.tokens);
    } catch (error) {
      if (error instanceof GraphQLError) return error;
      throw error;
    }
  }

  /** A schema whose only query returns rows. It shares all other types with the whole schema. */
  private schemaOfRows(): GraphQLSchema {
    if (this.known) return this.known;
    const { typeName, maxRows } = this.options;
    const { types, directives } = this.schema().toConfig();
    const type = types.find(({ name }) => name === typeName);
    assert(isOutputType(type), `${typeName} is not a type of the schema`);
    const fields = {
      [ROWS]: {
        type: new GraphQLNonNull(new GraphQLList(type)),
        extensions: { maxItems: maxRows },
      },
    };
    const query = new GraphQLObjectType({ name: "StoredSelection", fields });
    return (this.known = new GraphQLSchema({ query, types, directives }));
  }
}

function withBraces(selection: string): string {
  const text = selection.trim();
  return text.startsWith("{") ? text : `{ ${text} }`;
}

/** The operation that selects from all rows. @throws GraphQLError if the source is not one selection set. */
function documentOf(source: string, maxTokens: number): DocumentNode {
  const [only, ...others] = parse(source, { maxTokens, noLocation: true }).definitions;
  if (only?.kind !== Kind.OPERATION_DEFINITION || others.length > 0)
    throw new GraphQLError("The selection must be one selection set, without other definitions.");
  const { selectionSet } = only;
  const name = { kind: Kind.NAME, value: ROWS } as const;
  const rows = { kind: Kind.FIELD, name, selectionSet } as const;
  return {
    kind: Kind.DOCUMENT,
    definitions: [
      {
        kind: Kind.OPERATION_DEFINITION,
        operation: OperationTypeNode.QUERY,
        selectionSet: { kind: Kind.SELECTION_SET, selections: [rows] },
      },
    ],
  };
}

function exceededIn(
  schema: GraphQLSchema,
  document: DocumentNode,
  limits: DocumentLimits,
): readonly string[] | undefined {
  const [operation] = document.definitions;
  assert(operation?.kind === Kind.OPERATION_DEFINITION, "a stored selection is an operation");
  const measure = measureOperation(schema, document, operation);
  const exceeded = exceededByOperation(measure, measure.costWith({}), limits);
  return exceeded && [messageOf(exceeded)];
}

/** Problems with fields and filters that the callers may not use. */
function closedFieldsOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  scopes: readonly ApiScope[],
  closedNames: ReadonlySet<string>,
): readonly string[] {
  const problems = new Set<string>();
  const info = new TypeInfo(schema);
  const visitor = {
    Field: ({ name: { value: name } }: FieldNode) => {
      const { allowedScopes } = info.getFieldDef()?.extensions ?? {};
      const needed = (allowedScopes ?? []) as readonly ApiScope[];
      const isOpen = needed.length === 0 || needed.some((scope) => scopes.includes(scope));
      if (!isOpen || closedNames.has(name)) problems.add(`The selection cannot contain ${name}.`);
    },
    ObjectField: ({ name: { value: name } }: ObjectFieldNode) => {
      if (closedNames.has(name)) problems.add(`The selection cannot filter by ${name}.`);
    },
  };
  visit(document, visitWithTypeInfo(info, visitor));
  return [...problems];
}

/** The error of an attempt; undefined if a record is refused to the caller, in every attempt. */
function failureOf({ originalError, ...error }: GraphQLError): Error | undefined {
  if (!(originalError instanceof AppError)) return originalError ?? error;
  return originalError.code === "SERVICE_UNAVAILABLE" ? originalError : undefined;
}
