import { Field, InputType, ObjectType } from "type-graphql";
import type { MetadataEntry } from "../shared/merchant-data.js";

const KEY = "The key, which is unique within a record. Keys are case-sensitive.";

@ObjectType("Metadata", {
  description: "A text that the merchant keeps with a record under a key of its own.",
  simpleResolvers: true,
})
export class MetadataType implements MetadataEntry {
  @Field(() => String, { description: KEY })
  key!: string;

  @Field(() => String, { description: "The text, as the merchant wrote it." })
  value!: string;
}

@InputType({
  description:
    "A text to keep with a record under a key. A record has at most 20 keys. Do not store secrets or card data.",
})
export class MetadataInput implements MetadataEntry {
  @Field(() => String, {
    description: `${KEY} At most 40 characters, not blank, and not \`__proto__\`.`,
  })
  key!: string;

  @Field(() => String, { description: "The text, at most 500 characters. It may be empty." })
  value!: string;
}

/** The `reference` of an input. */
export function ReferenceField(): PropertyDecorator {
  return Field(() => String, {
    nullable: true,
    description:
      "The merchant's own reference, such as its order number, at most 200 characters. It need not be unique, except in a pocket group with `hasUniqueReferences`.",
  });
}

/** The `metadata` of an input that creates a record. */
export function MetadataField(): PropertyDecorator {
  return Field(() => [MetadataInput], {
    nullable: true,
    description:
      "The merchant's own texts by key, at most 20, each key once. Their order has no meaning.",
  });
}

/** The `metadata` of an input that updates a record. */
export function NewMetadataField(): PropertyDecorator {
  return Field(() => [MetadataInput], {
    nullable: true,
    description:
      "The merchant's own texts by key, at most 20, each key once. The list replaces all earlier keys; null or an empty list removes them.",
  });
}
