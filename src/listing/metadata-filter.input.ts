import { Field, InputType } from "type-graphql";

@InputType("MetadataFilter", {
  description:
    "Conditions on the value of one metadata key, all of which must hold. Keys and values are compared exactly: unlike `StringFilter`, every operator is case-sensitive. Each operator accepts at most 250 values, and `prefix` and `notPrefix` share the limits of patterns.",
})
export class MetadataFilter {
  @Field(() => String, {
    description:
      "The metadata key, compared exactly. No record has a key of more than 40 characters.",
  })
  key!: string;

  @Field(() => [String], {
    nullable: true,
    description: "Matches records whose value equals any of these, case-sensitive.",
  })
  eq?: string[];

  @Field(() => [String], {
    nullable: true,
    description:
      "Matches records whose value equals none of these, case-sensitive. A record without the key does not match.",
  })
  notEq?: string[];

  @Field(() => [String], {
    nullable: true,
    description: "Matches records whose value begins with any of these, case-sensitive.",
  })
  prefix?: string[];

  @Field(() => [String], {
    nullable: true,
    description:
      "Matches records whose value begins with none of these, case-sensitive. A record without the key does not match.",
  })
  notPrefix?: string[];

  @Field(() => Boolean, {
    nullable: true,
    description: "True matches records without the key, false those with it.",
  })
  isNull?: boolean;
}
