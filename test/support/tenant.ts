import { newId } from "../../src/shared/uuid.js";
import * as payments from "./payments.js";
import { accepted } from "./payments.js";
import type { ValueMakers } from "./operations.js";
import { createPocketHistory } from "./pocket-history.js";
import { charge, chargePockets, newPhoneNumber } from "./pockets.js";
import { type TestMerchant, type TestServer, made } from "./server.js";
import { RECEIVER_URL, newEndpoint, storeDelivery } from "./webhooks.js";

/** A merchant with a record of each kind. Each record has every relation that it can have. */
export interface Tenant extends TestMerchant {
  readonly employeeId: string;
  readonly customerId: string;
  readonly orderId: string;
  readonly paymentMethodId: string;
  /** A payment method that no payment uses. */
  readonly spareMethodId: string;
  readonly paymentAuthorizationId: string;
  readonly paymentChargeId: string;
  readonly paymentRefundId: string;
  /** A token that no request uses. */
  readonly spareTokenId: string;
  /** A group that is granted only to this merchant. */
  readonly slug: string;
  /** Another such group, without pockets. */
  readonly spareSlug: string;
  readonly phoneNumber: string;
  /** The token of a charge to that number in that group. */
  readonly pocketToken: string;
  /** The token of a debit of that number, of which a part was taken back. */
  readonly debitToken: string;
  /** The token of that reversal. */
  readonly reversalToken: string;
  /** The token of an open hold of that number. */
  readonly holdToken: string;
  readonly webhookEndpointId: string;
  readonly webhookDeliveryId: string;
  /** A webhook endpoint that can be deleted. */
  readonly spareEndpointId: string;
}

/** @param shared groups in which the tenant also charges a number, in addition to its own group. */
export async function createTenant(
  server: TestServer,
  name: string,
  shared?: { readonly slug: string; readonly phoneNumber: string },
): Promise<Tenant> {
  const merchant = await server.createMerchant(name);
  const { services } = server.app;
  const person = { merchantId: merchant.id, name: `${name}'s`, email: `e-${newId()}@example.com` };
  const employeeId = made(await services.employees.create(person)).id;
  const token = await server.createToken({ merchantId: merchant.id, employeeId });
  const spare = { merchantId: merchant.id, name: "spare", scopes: ["POCKETS_READ"] as const };
  const spareTokenId = made(await services.apiTokens.create(spare)).apiToken.id;

  const contact = { name: `${name}'s customer`, phoneNumber: newPhoneNumber() };
  const customerId = (await accepted(payments.createCustomer(server, token, contact))).id;
  const method = { provider: "STRIPE", identifier: `pm_${newId()}`, methodType: "card" };
  const kept = await accepted(payments.createMethod(server, token, { ...method, customerId }));
  const spareMethod = await accepted(payments.createMethod(server, token, { ...method }));
  const order = await accepted(payments.createOrder(server, token, { customerId }));
  const all = { orderId: order.id, customerId, paymentMethodId: kept.id };
  const amount = { amountInCents: 1_000, status: "SUCCEEDED" };
  const authorization = await accepted(
    payments.createAuthorization(server, token, { ...all, ...amount, mode: "REQUEST" }),
  );
  const paymentAuthorizationId = authorization.id;
  const charged = await accepted(
    payments.createCharge(server, token, { ...all, ...amount, paymentAuthorizationId }),
  );
  const refund = await accepted(
    payments.createRefund(server, token, { paymentChargeId: charged.id, amountInCents: 1 }),
  );

  const slug = await server.createGroup({}, merchant);
  const spareSlug = await server.createGroup({}, merchant);
  const phoneNumber = newPhoneNumber();
  const history = await createPocketHistory(server, token, slug, phoneNumber);
  if (shared) {
    await services.pocketGroups.grant(shared.slug, merchant.id);
    await chargePockets(server, token, shared.slug, [charge({ phoneNumber: shared.phoneNumber })]);
  }
  const { id: webhookEndpointId } = await newEndpoint(server, token);
  const { id: spareEndpointId } = await newEndpoint(server, token);
  const webhookDeliveryId = await storeDelivery(server, merchant, webhookEndpointId);
  return {
    ...merchant,
    webhookEndpointId,
    webhookDeliveryId,
    spareEndpointId,
    token,
    employeeId,
    customerId,
    orderId: order.id,
    paymentMethodId: kept.id,
    spareMethodId: spareMethod.id,
    paymentAuthorizationId,
    paymentChargeId: charged.id,
    paymentRefundId: refund.id,
    spareTokenId,
    slug,
    spareSlug,
    phoneNumber,
    pocketToken: history.charge.token,
    debitToken: history.debit.token,
    reversalToken: history.reversal.token,
    holdToken: history.hold.token,
  };
}

/** Values with which the server accepts every operation of a tenant. A new operation may need more of them. */
export function valuesFor(tenant: Tenant): ValueMakers {
  return {
    "Customer.id": () => tenant.customerId,
    "Employee.id": () => tenant.employeeId,
    "Merchant.id": () => tenant.id,
    "Node.id": () => tenant.employeeId,
    "Node.ids": () => [tenant.employeeId, tenant.employeeId],
    "Order.id": () => tenant.orderId,
    "Payment.id": () => tenant.paymentRefundId,
    "PaymentMethod.id": () => tenant.paymentMethodId,
    "PaymentAuthorization.id": () => tenant.paymentAuthorizationId,
    "PaymentCharge.id": () => tenant.paymentChargeId,
    "PaymentRefund.id": () => tenant.paymentRefundId,
    "ApiToken.id": () => tenant.spareTokenId,
    "WebhookEndpoint.id": () => tenant.webhookEndpointId,
    webhookEndpointId: () => tenant.webhookEndpointId,
    merchantId: () => tenant.id,
    slug: () => tenant.slug,
    pocketGroupSlug: () => tenant.slug,
    phoneNumber: () => tenant.phoneNumber,
    token: () => newId(),
    "pocketCharge.token": () => tenant.pocketToken,
    "pocketEntry.token": () => tenant.debitToken,
    "pocketHold.token": () => tenant.holdToken,
    name: () => "A name",
    email: () => `e-${newId()}@example.com`,
    identifier: () => `pm_${newId()}`,
    methodType: () => "card",
    Amount: () => 10_000,

    "deleteWebhookEndpoint.id": () => tenant.spareEndpointId,
    "detachPaymentMethod.id": () => tenant.spareMethodId,
    "revokePocketGroup.slug": () => tenant.spareSlug,
    "CreateApiTokenInput.merchantId": () => tenant.id,
    "CreateApiTokenInput.scopes": () => ["POCKETS_READ"],
    "CreateOrderInput.customerId": () => tenant.customerId,
    "CreatePaymentAuthorizationInput.amountInCents": () => 1,
    "CreatePaymentAuthorizationInput.customerId": () => tenant.customerId,
    "CreatePaymentAuthorizationInput.mode": () => "REQUEST",
    "CreatePaymentAuthorizationInput.orderId": () => tenant.orderId,
    "CreatePaymentAuthorizationInput.paymentMethodId": () => tenant.paymentMethodId,
    "CreatePaymentChargeInput.amountInCents": () => 1,
    "CreatePaymentChargeInput.customerId": () => tenant.customerId,
    "CreatePaymentChargeInput.orderId": () => tenant.orderId,
    "CreatePaymentChargeInput.paymentMethodId": () => tenant.paymentMethodId,
    "CreatePaymentMethodInput.provider": () => "STRIPE",
    "CreatePaymentRefundInput.amountInCents": () => 1,
    "CreatePaymentRefundInput.provider": () => "NONE",
    "CreatePocketGroupInput.slug": () => `group-${newId()}`,
    "CreateWebhookEndpointInput.url": () => RECEIVER_URL,
    "HoldCaptureInput.amount": () => 1,
    "HoldCaptureInput.holdToken": () => tenant.holdToken,
    "PocketDebitInput.amount": () => 1,
    "PocketHoldInput.amount": () => 1,
    "PocketReversalInput.amount": () => 1,
    "PocketReversalInput.ofToken": () => tenant.debitToken,
    "RedeliverWebhooksInput.deliveries": () => ({}),
    "ReleaseHoldsInput.holdTokens": () => [newId()],
    "UpdateCustomerInput.name": () => newId(),
    "UpdateEmployeeInput.name": () => newId(),
    "UpdateMerchantInput.name": () => newId(),
    "UpdateOrderInput.totalInCents": () => 1_000,
    "UpdatePaymentAuthorizationInput.description": () => newId(),
    "UpdatePaymentChargeInput.description": () => newId(),
    "UpdatePaymentRefundInput.description": () => newId(),
    "UpdatePocketGroupInput.name": () => newId(),
    "UpdatePocketInput.reason": () => newId(),
    "UpdateWebhookEndpointInput.description": () => newId(),
  };
}
