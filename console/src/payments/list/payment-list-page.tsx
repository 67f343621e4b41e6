import { Button, Group } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { Page } from "../../components/page.js";
import { KINDS, type PaymentKind } from "../kinds.js";
import { FindPayment } from "./find-payment.js";

interface PaymentListPageProps {
  readonly kind: PaymentKind;
  readonly children: ReactNode;
}

/** The frame of the three lists: finding a payment by its id, and changing between the lists. */
export function PaymentListPage({ kind, children }: PaymentListPageProps) {
  return (
    <Page title="Payments">
      <Group justify="space-between" align="end">
        <Group component="nav" aria-label="Kinds of payments" gap="xs">
          {KINDS.map(({ name, list }) => (
            <Button
              key={name}
              component={Link}
              href={list}
              variant={list === kind.list ? "light" : "subtle"}
              size="sm"
              {...(list === kind.list ? { "aria-current": "page" as const } : {})}
            >
              {name}
            </Button>
          ))}
        </Group>
        <FindPayment />
      </Group>
      {children}
    </Page>
  );
}
