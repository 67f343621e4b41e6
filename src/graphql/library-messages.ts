/**
 * The messages of graphql-js and Apollo Server about values and operations, in our words. Theirs are written for the
 * developers of a server. Two kinds of messages stay, because tools for GraphQL know them: those about syntax, and about a
 * document that does not match the schema.
 */
const MESSAGES: readonly (readonly [theirs: RegExp, ours: string])[] = [
  // graphql-js, about a variable or a literal.
  [/^Expected value of type "([^"]+)", found (.+)\.$/s, "$2 is not a value of the type $1."],
  [
    /^Expected non-nullable type "([^"]+)" not to be null\.$/,
    "It must not be null: its type is $1.",
  ],
  [/^Expected type "([^"]+)" to be an object\.$/, "It must be an object of the type $1."],
  [/^Expected type "([^"]+)"\..*$/s, "It must be a value of the type $1."],
  [
    /^Field "([^"]+)" of required type "([^"]+)" was not provided\.$/,
    "The field $1 is missing: its type is $2.",
  ],
  [/^Field "(.*)" is not defined by type "([^"]+)"\.(.*)$/s, "The type $2 has no field $1.$3"],
  [/^Field "([^"]+)" must be non-null\.$/, "The field $1 must not be null."],
  [
    /^Exactly one key must be specified for OneOf type "([^"]+)"\.$|^OneOf Input Object "([^"]+)" must specify exactly one key\.$/,
    "Exactly one field of $1$2 must be given.",
  ],
  [
    /^Enum "([^"]+)" cannot represent non-\w+ value: (.+?)\.( Did you mean [^.]*)?$/s,
    "$2 is not a name of $1.$3",
  ],
  [/^Value "(.*)" does not exist in "([^"]+)" enum\.(.*)$/s, "The enum $2 has no value $1.$3"],
  [/^Int cannot represent non-integer value: (.+)$/s, "$1 is not a whole number."],
  [
    /^Int cannot represent non 32-bit signed integer value: (.+)$/s,
    "$1 is outside the range of Int, from -2147483648 to 2147483647.",
  ],
  [/^Float cannot represent non numeric value: (.+)$/s, "$1 is not a number."],
  [/^String cannot represent a non string value: (.+)$/s, "$1 is not a string."],
  [/^Boolean cannot represent a non boolean value: (.+)$/s, "$1 is not true or false."],
  [
    /^ID cannot represent (?:a non-string and non-integer )?value: (.+)$/s,
    "$1 is not an id, which is a string.",
  ],
  [
    /^Argument "([^"]+)" of (?:required|non-null) type "([^"]+)" (?:was not provided|must not be null)\.$/,
    "The argument $1 is missing or null: its type is $2.",
  ],
  [
    /^Argument "([^"]+)" of required type "[^"]+" was provided the variable "([^"]+)" which was not provided a runtime value\.$/,
    "The argument $1 is missing: the request gives the variable $2 no value.",
  ],
  [/^Argument "([^"]+)" has invalid value (.+)\.$/s, "The argument $1 cannot be $2."],
  // graphql-js, about the operation to execute.
  [
    /^Must provide operation name if query contains multiple operations\.$/,
    "The document has several operations. Name one of them in operationName.",
  ],
  [/^Unknown operation named "(.*)"\.$/s, 'The document has no operation named "$1".'],
  [/^Must provide an operation\.$/, "The document has no operation."],
  [/^Schema is not configured to execute (\w+) operation\.$/, "The schema has no $1 operations."],
  // Apollo Server.
  [
    /^GraphQL introspection is not allowed by Apollo Server.*$/s,
    "Introspection is off on this server. Its operator can allow it with INTROSPECTION=true.",
  ],
];

/** Rewrites a library's message; returns every other one unchanged. Takes linear time. */
export function inOurWords(message: string): string {
  const found = MESSAGES.find(([theirs]) => theirs.test(message));
  return found ? message.replace(...found) : message;
}
