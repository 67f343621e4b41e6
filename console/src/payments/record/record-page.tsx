import { Redirect } from "wouter";
import type { ReactNode } from "react";
import { graphql } from "../../api/graphql.js";
import { messageOf } from "../../api/problems.js";
import { type OperationState, useOperation } from "../../api/use-operation.js";
import { Page } from "../../components/page.js";
import { EmptyState, ErrorState, LoadingState } from "../../components/states.js";
import { AUTHORIZATIONS, CHARGES, type PaymentKind, REFUNDS } from "../kinds.js";

const FIND = graphql(`
  query FindPayment($id: ID!) {
    payment(id: $id) {
      owner {
        __typename
        ... on PaymentCharge {
          id
        }
        ... on PaymentRefund {
          id
        }
        ... on PaymentAuthorization {
          id
        }
      }
    }
  }
`);

const KIND_OF: Readonly<Record<string, PaymentKind>> = {
  PaymentCharge: CHARGES,
  PaymentRefund: REFUNDS,
  PaymentAuthorization: AUTHORIZATIONS,
};

interface RecordPageProps<Record> {
  readonly id: string;
  /** The kind of payment: "Charge". */
  readonly name: string;
  readonly operation: OperationState<unknown>;
  /** Undefined until it was read, null if there is none with this id. */
  readonly record: Record | null | undefined;
  readonly children: (record: Record) => ReactNode;
}

/** What every page of a payment does while it reads the payment, or cannot. */
export function RecordPage<Record>(props: RecordPageProps<Record>) {
  const { id, name, operation, record, children } = props;
  if (record) return children(record);
  if (operation.error) {
    return (
      <Page title={name}>
        <ErrorState message={messageOf(operation.error)} onRetry={operation.reload} />
      </Page>
    );
  }
  if (record === undefined) {
    return (
      <Page title={name}>
        <LoadingState label="Loading the payment" />
      </Page>
    );
  }
  return <OtherKind id={id} name={name} />;
}

/** An id may belong to a payment of another kind: it opens that one's page. */
function OtherKind({ id, name }: { readonly id: string; readonly name: string }) {
  const { data, error, reload } = useOperation(FIND, { id });
  const owner = data?.payment?.owner;
  const kind = owner && KIND_OF[owner.__typename];
  if (kind) return <Redirect to={kind.of(owner.id)} replace />;
  return (
    <Page title={name}>
      {error && <ErrorState message={messageOf(error)} onRetry={reload} />}
      {data && (
        <EmptyState
          title="There is no such payment"
          text="No charge, refund or authorization of the merchant has this id."
        />
      )}
      {!error && !data && <LoadingState label="Looking for the payment" />}
    </Page>
  );
}
