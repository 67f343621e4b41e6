import { dateTime, enumeration, id, key, nullable, reference, text } from "../../records/field.js";
import { type RowOf, defineRecord } from "../../records/record.js";
import { eventsByWrite } from "../../records/record-event.js";
import { PaymentProvider } from "../payment-enums.js";

export const paymentMethodRecord = defineRecord({
  name: "PaymentMethod",
  eventOf: eventsByWrite("PAYMENT_METHOD"),
  table: "payment_methods",
  description:
    "A payment method that a provider stores, such as a card. It can be detached from its customer but not deleted.",
  fields: {
    merchantId: key("The merchant that may charge it."),
    id: id("The record's unique id: a UUIDv7 that the server generates."),
    createdAt: dateTime("When the payment method was recorded, by the database's clock.", {
      filter: true,
      sort: true,
    }),
    updatedAt: dateTime("When the payment method was last updated, by the database's clock.", {
      sort: true,
    }),
    provider: enumeration(
      PaymentProvider,
      "The provider that stores the card or account. This server stores only a reference.",
      { filter: true },
    ),
    identifier: text("The provider's id of the payment method, for charging it there.", {
      filter: true,
    }),
    methodType: text("The kind of payment method, such as `card`.", { filter: true }),
    label: text("A label for people to recognize it, such as `Visa •••• 4242`."),
    customerId: nullable(
      reference(
        "The id of the customer who owns the method. Null if it was detached or never had an owner.",
      ),
    ),
  },
});
export type PaymentMethod = RowOf<typeof paymentMethodRecord>;
