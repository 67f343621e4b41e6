import { Field, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { Lazy } from "../graphql/lazy.js";

/** The types that all lists share. */

export const SortDirection = { ASC: "ASC", DESC: "DESC" } as const;
registerEnumType(SortDirection, {
  name: "SortDirection",
  description: "Which way a sort goes. Missing values come last either way.",
  valuesConfig: {
    ASC: {
      description:
        "From the smallest, the earliest, or the first in the alphabet. Text sorts by Unicode's root collation: `apfel`, `Apfel`, `Äpfel`, `birne`.",
    },
    DESC: { description: "From the greatest, the latest, or the last in the alphabet." },
  },
});

export const TimeBucketUnitEnum = {
  HOUR: "HOUR",
  DAY: "DAY",
  WEEK: "WEEK",
  MONTH: "MONTH",
  YEAR: "YEAR",
} as const;
registerEnumType(TimeBucketUnitEnum, {
  name: "TimeBucket",
  description: "How long a bucket of time is, by the calendar of its time zone.",
  valuesConfig: {
    HOUR: { description: "From one full hour of the local clocks to the next." },
    DAY: { description: "From midnight to midnight, 23 to 25 hours where clocks change." },
    WEEK: { description: "From Monday, as in ISO 8601." },
    MONTH: { description: "From the first day of each month." },
    YEAR: { description: "From the first of January." },
  },
});

@InputType({
  description: "How times are cut into buckets. Each is told by the moment at which it begins.",
})
export class TimeBucketInput {
  @Field(() => TimeBucketUnitEnum, {
    description: "How long each is: an hour, a day, a week, a month or a year.",
  })
  unit!: keyof typeof TimeBucketUnitEnum;

  @Field(() => String, {
    defaultValue: "UTC",
    description:
      "The IANA name of the place whose days and hours are meant, such as `Asia/Tehran`.",
  })
  timeZone!: string;
}

@InputType({
  description: "A page by its number, in place of cursors. Far pages cost more than near ones.",
})
export class PageInput {
  @Field(() => Int, { defaultValue: 1, description: "Which page, counted from 1." })
  number!: number;

  @Field(() => Int, {
    defaultValue: 20,
    description: "How many records a page has, from 1 to 100.",
  })
  size!: number;
}

/** The argument of a plain list that is read by pages. A page with fewer records is the last. */
export const PAGE = {
  nullable: true,
  description:
    "Which page, and how many records it has. A page with fewer records than its size is the last.",
} as const;

@ObjectType("PageInfo", {
  description: "Where a page lies in its list, and the cursors to go on from.",
  simpleResolvers: true,
})
export class PageInfo {
  @Lazy()
  @Field(() => Boolean, { description: "Whether the list has records after this page." })
  hasNextPage!: () => Promise<boolean>;

  @Lazy()
  @Field(() => Boolean, { description: "Whether the list has records before this page." })
  hasPreviousPage!: () => Promise<boolean>;

  @Lazy()
  @Field(() => String, {
    nullable: true,
    description: "The cursor of the page's first record, for `before`; null on an empty page.",
  })
  startCursor!: () => Promise<string | null>;

  @Lazy()
  @Field(() => String, {
    nullable: true,
    description: "The cursor of the page's last record, for `after`; null on an empty page.",
  })
  endCursor!: () => Promise<string | null>;
}
