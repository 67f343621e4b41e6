import type { TypedDocumentNode } from "urql";
import { graphql } from "../../api/graphql.js";
import type { Problem } from "../../api/problems.js";

/** The mutations that update the three kinds. The aliases give all of them one shape. */
export const UPDATE_CHARGE = graphql(`
  mutation UpdatePaymentCharge($id: ID!, $input: UpdatePaymentChargeInput!) {
    update: updatePaymentCharge(id: $id, input: $input) {
      paymentCharge {
        id
        updatedAt
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const UPDATE_REFUND = graphql(`
  mutation UpdatePaymentRefund($id: ID!, $input: UpdatePaymentRefundInput!) {
    update: updatePaymentRefund(id: $id, input: $input) {
      paymentRefund {
        id
        updatedAt
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const UPDATE_AUTHORIZATION = graphql(`
  mutation UpdatePaymentAuthorization($id: ID!, $input: UpdatePaymentAuthorizationInput!) {
    update: updatePaymentAuthorization(id: $id, input: $input) {
      paymentAuthorization {
        id
        updatedAt
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export interface UpdateAnswer {
  readonly update: {
    readonly userErrors: readonly {
      readonly code: string;
      readonly field: readonly string[] | null;
      readonly message: string;
    }[];
  };
}

/** The document of an update whose input has at least these fields. */
export type UpdateDocument<Input> = TypedDocumentNode<
  UpdateAnswer,
  { readonly id: string; readonly input: Input }
>;

const STALE =
  "The payment was changed in the meantime. The page now shows it as it is: look at it, then confirm again.";

/** The refusals of an update by the field of the form. An entry of the metadata belongs to the metadata. */
export function refusalsOf({ update }: UpdateAnswer): Problem[] {
  return update.userErrors.map(({ code, field, message }) =>
    code === "STALE"
      ? { code, field: null, message: STALE }
      : { code, field: field?.[0] ?? null, message },
  );
}

/** A payment as a change needs it: the server refuses a change of another version. */
export interface Versioned {
  readonly id: string;
  readonly updatedAt: string;
}

/** The texts of every kind that a person can change. */
export interface Updatable extends Versioned {
  readonly reference: string | null;
  readonly description: string | null;
  readonly metadata: readonly { readonly key: string; readonly value: string }[];
}

export interface RecordDialogProps<Record extends Versioned> {
  readonly record: Record;
  /** Reads the record again. Its page then shows it. */
  readonly reload: () => Promise<Record | undefined>;
  readonly onClose: () => void;
}
