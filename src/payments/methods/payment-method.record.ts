import { dateTime, enumeration, id, key, nullable, reference, text } from "../../records/field.js";
import { type RowOf, defineRecord } from "../../records/record.js";
import { PaymentProvider } from "../payment-enums.js";

export const paymentMethodRecord = defineRecord({
  name: "PaymentMethod",
  table: "payment_methods",
  description:
    "A way to pay that a provider keeps, such as a card. Detached from its customer, never removed.",
  fields: {
    merchantId: key("The merchant that may charge it."),
    id: id("A UUIDv7 made by the server; never changed."),
    createdAt: dateTime("When the method was recorded, by the database's clock; never changed.", {
      filter: true,
      sort: true,
    }),
    updatedAt: dateTime("When the method was last changed.", { sort: true }),
    provider: enumeration(
      PaymentProvider,
      "Where the card or account itself is stored: here is its name alone.",
      { filter: true },
    ),
    identifier: text("The provider's own name for it, which a charge there would use.", {
      filter: true,
    }),
    methodType: text("What kind of method it is, such as `card`.", { filter: true }),
    label: text("How people tell it apart, such as `Visa •••• 4242`."),
    customerId: nullable(
      reference("The id of whose it is; null once it was detached, or when it is nobody's."),
    ),
  },
});
export type PaymentMethod = RowOf<typeof paymentMethodRecord>;
