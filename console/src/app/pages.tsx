import {
  IconBuildingStore,
  IconCreditCard,
  IconFileUpload,
  IconHistory,
  IconLayoutDashboard,
  IconListDetails,
  IconStack2,
  IconWallet,
  IconWebhook,
} from "@tabler/icons-react";
import { type ComponentType, lazy } from "react";
import type { Scope } from "../api/viewer.js";

export interface ConsolePage {
  /** Below /console, as wouter matches it. */
  readonly path: string;
  /** The entry in the navigation; null for the page of a single record. */
  readonly entry: { readonly name: string; readonly icon: ComponentType<{ size?: number }> } | null;
  /** The scopes of which the token needs one. */
  readonly anyOf: readonly Scope[];
  /** The scopes that the token needs in addition. */
  readonly allOf?: readonly Scope[];
  readonly Page: ComponentType;
}

/** Every page, in the order of the navigation. Each is loaded when it is opened. */
export const PAGES: readonly ConsolePage[] = [
  {
    path: "/",
    entry: { name: "Overview", icon: IconLayoutDashboard },
    anyOf: ["POCKETS_READ", "PAYMENTS_READ", "OPERATOR"],
    Page: lazy(() => import("../overview/overview-page.js")),
  },
  {
    path: "/pockets",
    entry: { name: "Pockets", icon: IconWallet },
    anyOf: ["POCKETS_READ", "OPERATOR"],
    Page: lazy(() => import("../pockets/pockets-page.js")),
  },
  {
    path: "/pockets/:slug/:phoneNumber",
    entry: null,
    anyOf: ["POCKETS_READ", "OPERATOR"],
    Page: lazy(() => import("../pockets/pocket-page.js")),
  },
  {
    path: "/entries",
    entry: { name: "Entries", icon: IconListDetails },
    anyOf: ["POCKETS_READ", "OPERATOR"],
    Page: lazy(() => import("../pockets/entries/entries-page.js")),
  },
  {
    path: "/import",
    entry: { name: "Import", icon: IconFileUpload },
    anyOf: ["POCKETS_CHARGE", "POCKETS_DEBIT"],
    allOf: ["POCKETS_READ"],
    Page: lazy(() => import("../imports/import-page.js")),
  },
  {
    path: "/payments",
    entry: { name: "Payments", icon: IconCreditCard },
    anyOf: ["PAYMENTS_READ"],
    Page: lazy(() => import("../payments/list/charges-page.js")),
  },
  {
    path: "/payments/refunds",
    entry: null,
    anyOf: ["PAYMENTS_READ"],
    Page: lazy(() => import("../payments/list/refunds-page.js")),
  },
  {
    path: "/payments/authorizations",
    entry: null,
    anyOf: ["PAYMENTS_READ"],
    Page: lazy(() => import("../payments/list/authorizations-page.js")),
  },
  {
    path: "/payments/refunds/:id",
    entry: null,
    anyOf: ["PAYMENTS_READ"],
    Page: lazy(() => import("../payments/record/refund-page.js")),
  },
  {
    path: "/payments/authorizations/:id",
    entry: null,
    anyOf: ["PAYMENTS_READ"],
    Page: lazy(() => import("../payments/record/authorization-page.js")),
  },
  {
    path: "/payments/:id",
    entry: null,
    anyOf: ["PAYMENTS_READ"],
    Page: lazy(() => import("../payments/record/charge-page.js")),
  },
  {
    path: "/webhooks",
    entry: { name: "Webhooks", icon: IconWebhook },
    anyOf: ["WEBHOOKS_WRITE"],
    Page: lazy(() => import("../webhooks/endpoints-page.js")),
  },
  {
    path: "/webhooks/:id",
    entry: null,
    anyOf: ["WEBHOOKS_WRITE"],
    Page: lazy(() => import("../webhooks/endpoint-page.js")),
  },
  {
    path: "/groups",
    entry: { name: "Pocket groups", icon: IconStack2 },
    anyOf: ["POCKETS_READ", "OPERATOR"],
    Page: lazy(() => import("../groups/groups-page.js")),
  },
  {
    path: "/groups/:slug",
    entry: null,
    anyOf: ["POCKETS_READ", "OPERATOR"],
    Page: lazy(() => import("../groups/group-page.js")),
  },
  {
    path: "/merchants",
    entry: { name: "Merchants", icon: IconBuildingStore },
    anyOf: ["OPERATOR"],
    Page: lazy(() => import("../merchants/merchants-page.js")),
  },
  {
    path: "/merchants/:id",
    entry: null,
    anyOf: ["OPERATOR"],
    Page: lazy(() => import("../merchants/merchant-page.js")),
  },
  {
    path: "/audit",
    entry: { name: "Audit trail", icon: IconHistory },
    anyOf: ["OPERATOR"],
    Page: lazy(() => import("../audit/audit-page.js")),
  },
];
