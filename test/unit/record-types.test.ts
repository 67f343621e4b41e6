import { describe, expect, it } from "vitest";
import { sql } from "../../src/database/sql.js";
import { ApiScope } from "../../src/callers/api-scope.js";
import {
  amount,
  computed,
  dateTime,
  enumList,
  id,
  integer,
  key,
  nullable,
  text,
  virtual,
} from "../../src/records/field.js";
import { type RowOf, defineRecord } from "../../src/records/record.js";
import { AuditActor } from "../../src/records/audit-actor.js";
import type { Instant } from "../../src/shared/instant.js";

const FITTING = {
  merchantId: nullable(key("")),
  id: id(""),
  name: text(""),
  scopes: enumList(ApiScope, ""),
  expiresAt: nullable(dateTime("")),
};
const token = { name: "ApiToken", table: "api_tokens", description: "" } as const;

describe("the description of a record", () => {
  it("has the types of its row from its fields", () => {
    const record = defineRecord({ ...token, fields: FITTING });
    const row: RowOf<typeof record> = {
      merchantId: null,
      id: "",
      name: "",
      scopes: ["OPERATOR"],
      expiresAt: "2024-12-02T09:22:05.398000Z" as Instant,
    };
    expect(Object.keys(row)).toEqual(Object.keys(record.fields));
  });

  // The compiler checks the following, so there is nothing to run. `@ts-expect-error` marks each line that it must
  // refuse. A mark above a valid line is itself an error, so each mark is an assertion.
  it("is refused by the compiler when it differs from the model in schema.prisma", () => {
    const describe = (): void => {
      // @ts-expect-error The model has no such column.
      defineRecord({ ...token, fields: { title: text("") } });
      // @ts-expect-error The column is a text.
      defineRecord({ ...token, fields: { name: integer("") } });
      // @ts-expect-error The column is a UUID, not a text.
      defineRecord({ ...token, fields: { id: text("") } });
      // @ts-expect-error The column is an integer, not a bigint.
      defineRecord({ ...token, name: "Customer", fields: { number: amount("") } });
      // @ts-expect-error The column can be null.
      defineRecord({ ...token, fields: { expiresAt: dateTime("") } });
      // @ts-expect-error The column cannot be null.
      defineRecord({ ...token, fields: { createdAt: nullable(dateTime("")) } });
      // @ts-expect-error The column of a computed field is a timestamp.
      defineRecord({ ...token, fields: { expiresAt: computed(text(""), () => sql`now()`) } });
      // @ts-expect-error The list has other elements.
      defineRecord({ ...token, fields: { scopes: enumList(AuditActor, "") } });
      // @ts-expect-error There is no such model.
      defineRecord({ ...token, model: "Apitoken", fields: FITTING });
      // @ts-expect-error The model of another name has no such column.
      defineRecord({ ...token, name: "Secret", model: "ApiToken", fields: { title: text("") } });
      defineRecord({ ...token, name: "Secret", model: "ApiToken", fields: FITTING });
      defineRecord({ ...token, fields: { ...FITTING, title: virtual(text("")) } });
      defineRecord({ ...token, fields: { ...FITTING, title: computed(text(""), () => sql`''`) } });
    };
    expect(describe).not.toThrow();
  });
});
