/** Matches text that only an internal failure would leak, about SQL, the code or the machine. */
export const INTERNAL = new RegExp(
  [
    ...[
      "violates",
      "syntax error at",
      "invalid input syntax",
      "byte sequence",
      "out of range for type",
    ],
    ...[
      "invalid regular expression",
      'relation ".*" does not exist',
      "could not determine",
      "operator does not",
    ],
    ...["\\bselect .* from\\b", "insert into", "Prisma", "postgres", "\\bpg_", "ECONN", "SQLSTATE"],
    ...["node_modules", "/src/", "/dist/", "\\.[jt]s:\\d", "\\n\\s+at ", "node:internal"],
    ...[
      "is not a function",
      "is not iterable",
      "Cannot read prop",
      "Cannot convert",
      "undefined \\(",
    ],
    ...["call stack", "Invalid array length", "Invalid time value", "circular structure", "heap"],
    ...["Unexpected token", "TypeError", "RangeError", "ReferenceError", "AssertionError"],
  ].join("|"),
  "i",
);
