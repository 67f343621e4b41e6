import { Field, InputType, Int, ObjectType, registerEnumType } from "type-graphql";
import { Lazy } from "../graphql/lazy.js";

/** The types that all lists share. */

export const SortDirection = { ASC: "ASC", DESC: "DESC" } as const;
registerEnumType(SortDirection, {
  name: "SortDirection",
  description: "The direction of a sort. Missing values come last in both directions.",
  valuesConfig: {
    ASC: {
      description:
        "From the smallest, earliest or alphabetically first value. Strings sort by Unicode's root collation: `apfel`, `Apfel`, `Äpfel`, `birne`.",
    },
    DESC: { description: "From the largest, latest or alphabetically last value." },
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
  description: "The length of a time bucket, by the calendar of its time zone.",
  valuesConfig: {
    HOUR: { description: "From one full hour of local time to the next." },
    DAY: { description: "From midnight to midnight: 23 to 25 hours on days when clocks change." },
    WEEK: { description: "From Monday to Monday, as in ISO 8601." },
    MONTH: { description: "From the first day of a month to that of the next." },
    YEAR: { description: "From January 1 to the next January 1." },
  },
});

@InputType({
  description: "The buckets by which timestamps are grouped. A bucket is identified by its start.",
})
export class TimeBucketInput {
  @Field(() => TimeBucketUnitEnum, {
    description: "The length of each bucket: an hour, a day, a week, a month or a year.",
  })
  unit!: keyof typeof TimeBucketUnitEnum;

  @Field(() => String, {
    defaultValue: "UTC",
    description:
      "The time zone in which hours and days begin, as the IANA name of a place, such as `Asia/Tehran`.",
  })
  timeZone!: string;
}

@InputType({
  description: "A page by number, as an alternative to cursors. Later pages take longer.",
})
export class PageInput {
  @Field(() => Int, { defaultValue: 1, description: "The page number, starting at 1." })
  number!: number;

  @Field(() => Int, {
    defaultValue: 20,
    description: "The number of records per page, from 1 to 100.",
  })
  size!: number;
}

/** The argument of a plain list that is paged by number. A page with fewer records than its size is the last. */
export const PAGE = {
  nullable: true,
  description: "The page number and size. A page with fewer records than its size is the last.",
} as const;

@ObjectType("PageInfo", {
  description: "The position of a page in its list, and the cursors to continue from.",
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
