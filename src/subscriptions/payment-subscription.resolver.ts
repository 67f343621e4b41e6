import { Arg, Ctx, Resolver } from "type-graphql";
import { requireMerchant } from "../callers/caller.js";
import { writeEventCursor } from "../events/event-cursor.js";
import type { EventFeed } from "../events/event-feed.service.js";
import type { EventSubjectType } from "../events/event-type.js";
import type { Event } from "../events/event.record.js";
import type { Context } from "../graphql/context.js";
import { AllowScopes } from "../graphql/permission.js";
import { SourceEvent, SubscriptionField } from "../graphql/subscription.js";
import type { ListTypes } from "../listing/connection.type.js";
import type { Filter } from "../listing/filter.js";
import type { GraphqlClass } from "../listing/graphql-class.js";
import type { ListReader } from "../listing/list-reader.js";
import { paymentAuthorizationRecord } from "../payments/authorizations/payment-authorization.record.js";
import {
  PaymentAuthorizationType,
  paymentAuthorizationListTypes,
} from "../payments/authorizations/payment-authorization.type.js";
import { paymentChargeRecord } from "../payments/charges/payment-charge.record.js";
import {
  PaymentChargeType,
  paymentChargeListTypes,
} from "../payments/charges/payment-charge.type.js";
import { paymentRefundRecord } from "../payments/refunds/payment-refund.record.js";
import {
  PaymentRefundType,
  paymentRefundListTypes,
} from "../payments/refunds/payment-refund.type.js";
import type { RecordDefinition, RowOf } from "../records/record.js";
import { AFTER, beginningOf } from "./event-subscription.resolver.js";
import { sourceOf } from "./source.js";

/** A page has at most that many. */
const RECORDS_AT_ONCE = 100;

interface ChangedRecord<R extends RecordDefinition> {
  readonly record: R;
  /** Such as `payment charge`. */
  readonly noun: string;
  readonly subjectType: EventSubjectType;
  readonly Type: GraphqlClass;
  readonly listTypes: ListTypes<R>;
}

/** A subscription to the records of one kind that have changed and match a filter. */
function changedRecordResolver<R extends RecordDefinition>({
  record: { name },
  noun,
  subjectType,
  Type,
  listTypes,
}: ChangedRecord<R>) {
  type Row = RowOf<R> & { readonly id: string };

  @Resolver()
  class ChangedRecordResolver {
    constructor(
      private readonly feed: EventFeed,
      private readonly reader: ListReader<R>,
    ) {}

    @SubscriptionField(() => Type, {
      name: `${name.charAt(0).toLowerCase()}${name.slice(1)}Changed`,
      description: `Sends each ${noun} of the merchant in its current state after it was created or changed, if it then matches the filter. Changes in quick succession may be sent as one. A client that connects again receives everything that has changed since. Scope: \`PAYMENTS_READ\`.`,
    })
    @AllowScopes("PAYMENTS_READ")
    async changed(
      @Arg("filter", () => listTypes.Filter, {
        nullable: true,
        description: `Conditions that a changed ${noun} must meet to be sent. If omitted, every changed ${noun} is sent.`,
      })
      filter: Filter | null | undefined,
      @Arg("after", () => String, { nullable: true, description: AFTER })
      after: string | null | undefined,
      @Ctx() context: Context,
    ): Promise<AsyncIterable<SourceEvent<Row>>> {
      const { merchantId } = requireMerchant(context.caller);
      // Refuses an invalid filter now.
      this.reader.all(context, { filter: amongIds(filter, []) });
      const follower = await this.feed.follow({
        merchantId,
        after: beginningOf(context, after),
        accepts: (event) => event.subjectType === subjectType,
      });
      let cursor: string | null = null;
      return sourceOf(follower, async () => {
        const events = await follower.next(RECORDS_AT_ONCE);
        if (events === null) return null;
        const rows = await this.read(context, filter, events);
        const before = cursor;
        cursor = cursorOf(events) ?? before;
        // Only the last record is the end of these events: before it, a client that connects again needs them all.
        return rows.map(
          (row, index) => new SourceEvent(row, index === rows.length - 1 ? cursor : before),
        );
      });
    }

    /** The records of some events that match the filter, in the order of their last events. */
    private async read(
      context: Context,
      filter: Filter | null | undefined,
      events: readonly Event[],
    ): Promise<readonly Row[]> {
      const ids = [...new Set(events.map(({ subjectId }) => subjectId).reverse())].reverse();
      const read = async (own: Context): Promise<readonly Row[]> => {
        const args = { filter: amongIds(filter, ids), first: RECORDS_AT_ONCE };
        const list = this.reader.all(own, args);
        return (await list.nodes()) as readonly Row[];
      };
      const rows = await (context.subscription?.read(context, read) ?? read(context));
      return rows.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
    }
  }
  return ChangedRecordResolver;
}

/** The records with these ids that match a filter. */
function amongIds(filter: Filter | null | undefined, ids: readonly string[]): Filter {
  const conditions = (filter?.["and"] ?? []) as readonly Filter[];
  return { ...filter, and: [...conditions, { id: { eq: ids } }] };
}

function cursorOf(events: readonly Event[]): string | null {
  const last = events.at(-1);
  return last === undefined ? null : writeEventCursor(last);
}

export const PaymentChargeChangedResolver = changedRecordResolver({
  record: paymentChargeRecord,
  noun: "payment charge",
  subjectType: "PAYMENT_CHARGE",
  Type: PaymentChargeType,
  listTypes: paymentChargeListTypes,
});

export const PaymentRefundChangedResolver = changedRecordResolver({
  record: paymentRefundRecord,
  noun: "payment refund",
  subjectType: "PAYMENT_REFUND",
  Type: PaymentRefundType,
  listTypes: paymentRefundListTypes,
});

export const PaymentAuthorizationChangedResolver = changedRecordResolver({
  record: paymentAuthorizationRecord,
  noun: "payment authorization",
  subjectType: "PAYMENT_AUTHORIZATION",
  Type: PaymentAuthorizationType,
  listTypes: paymentAuthorizationListTypes,
});
