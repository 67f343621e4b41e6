import { Anchor, Text } from "@mantine/core";
import { Link } from "wouter";
import type { ResultOf } from "../../api/graphql.js";
import { Facts, Section } from "../../components/facts.js";
import { Money, Name, Status } from "../../components/values.js";
import { wordsOf } from "../../shared/words.js";
import { paymentsOf } from "../kinds.js";
import { CustomerPhone } from "./customer-phone.js";
import type { CUSTOMER, METHOD, ORDER } from "./fragments.js";

export function CustomerSection({
  customer,
}: {
  readonly customer: ResultOf<typeof CUSTOMER> | null;
}) {
  return (
    <Section title="Customer">
      {customer === null ? (
        <Nothing text="The payment names no customer." />
      ) : (
        <>
          <Facts
            facts={{
              Name: <Name>{customer.name}</Name>,
              Number: customer.number,
              "E-mail": customer.email,
              Phone: customer.phoneNumber && <CustomerPhone phoneNumber={customer.phoneNumber} />,
              Reference: customer.reference && <Name>{customer.reference}</Name>,
              Archived: customer.isArchived ? "Yes" : null,
            }}
          />
          <Anchor component={Link} href={paymentsOf("customer", customer.id)} size="sm">
            All payments of the customer
          </Anchor>
        </>
      )}
    </Section>
  );
}

export function OrderSection({ order }: { readonly order: ResultOf<typeof ORDER> | null }) {
  return (
    <Section title="Order">
      {order === null ? (
        <Nothing text="The payment names no order." />
      ) : (
        <>
          <Facts
            facts={{
              Number: order.number,
              Status: <Status value={order.status} />,
              Total: (
                <Money
                  amount={order.totalInCents}
                  currency={order.currency}
                  minorUnits={order.currencyMinorUnits}
                />
              ),
              Paid: (
                <Money
                  amount={order.paidInCents}
                  currency={order.currency}
                  minorUnits={order.currencyMinorUnits}
                />
              ),
              Reference: order.reference && <Name>{order.reference}</Name>,
            }}
          />
          <Anchor component={Link} href={paymentsOf("order", order.id)} size="sm">
            All payments of the order
          </Anchor>
        </>
      )}
    </Section>
  );
}

export function MethodSection({ method }: { readonly method: ResultOf<typeof METHOD> | null }) {
  if (method === null) return null;
  return (
    <Section title="Payment method">
      <Facts
        facts={{
          Label: <Name>{method.label}</Name>,
          Kind: wordsOf(method.methodType),
          Provider: wordsOf(method.provider),
          "Provider's id": <bdi>{method.identifier}</bdi>,
          Detached: method.customerId === null ? "Yes, or it never had an owner" : null,
        }}
      />
    </Section>
  );
}

function Nothing({ text }: { readonly text: string }) {
  return (
    <Text size="sm" c="dimmed">
      {text}
    </Text>
  );
}
