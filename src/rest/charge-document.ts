import { authorize } from "../callers/caller.js";
import { customerRecord } from "../customers/customer.record.js";
import type { Context } from "../graphql/context.js";
import { orderRecord } from "../orders/order.record.js";
import {
  type PaymentCharge,
  paymentChargeRecord,
} from "../payments/charges/payment-charge.record.js";
import type { PaymentRelations } from "../payments/payment-relations.loader.js";
import { type ProviderSecrets, readSecret } from "../payments/secrets/provider-secrets.js";
import { attributeNames, attributesOf, attributesSchema } from "./attributes.js";
import { type ChargeQuery, type Include, readFields, readIncludes } from "./charge-query.js";
import { type Document, type Resource, type ResourceId, closedObject } from "./json-api.js";
import { named } from "./openapi.js";
import { CHARGE_ATTRIBUTES } from "./payment-charge-attributes.js";

const RELATED = {
  order: {
    title: "Order",
    type: "orders",
    record: orderRecord,
    names: attributeNames(orderRecord),
  },
  customer: {
    title: "Customer",
    type: "customers",
    record: customerRecord,
    names: attributeNames(customerRecord),
  },
} as const;

/** Presents payment charges as resources, with the attributes and relations that a request selects. */
export class ChargePresenter {
  private readonly attributes: readonly string[];
  private readonly includes: ReadonlySet<Include>;
  private readonly related: Readonly<Record<Include, readonly string[]>>;

  /** @throws RestError for unknown fields or relations, AppError FORBIDDEN for relations without the scope. */
  constructor(
    query: ChargeQuery,
    private readonly context: Context,
    private readonly relations: PaymentRelations,
    private readonly secrets: ProviderSecrets,
  ) {
    this.attributes = readFields(query, "payment_charges", CHARGE_ATTRIBUTES);
    this.includes = readIncludes(query);
    this.related = {
      order: readFields(query, RELATED.order.type, RELATED.order.names),
      customer: readFields(query, RELATED.customer.type, RELATED.customer.names),
    };
    if (this.includes.size > 0) authorize(context.caller, ["PAYMENTS_READ"]);
  }

  async one(charge: PaymentCharge): Promise<Document<Resource>> {
    return { data: this.resourceOf(charge), ...(await this.included([charge])), meta: {} };
  }

  async many(charges: readonly PaymentCharge[], meta: object): Promise<Document<Resource[]>> {
    const data = charges.map((charge) => this.resourceOf(charge));
    return { data, ...(await this.included(charges)), meta: { ...meta } };
  }

  private resourceOf(charge: PaymentCharge): Resource {
    const providerSecret = readSecret(this.context.caller, this.secrets, charge);
    const relationships = [...this.includes].map((name) => [name, { data: idOf(charge, name) }]);
    return {
      id: charge.id,
      type: "payment_charges",
      attributes: attributesOf(paymentChargeRecord, { ...charge, providerSecret }, this.attributes),
      relationships: Object.fromEntries(relationships) as Resource["relationships"],
    };
  }

  private async included(
    charges: readonly PaymentCharge[],
  ): Promise<{ included?: readonly Resource[] }> {
    if (this.includes.size === 0) return {};
    const found = await Promise.all(
      [...this.includes].flatMap((name) =>
        [...new Set(charges.map((charge) => charge[`${name}Id`]))].map((id) => this.load(name, id)),
      ),
    );
    return { included: found.filter((resource) => resource !== null) };
  }

  private async load(name: Include, id: string | null): Promise<Resource | null> {
    const row = await this.relations[`${name}s`].load(this.context, id);
    if (row === null) return null;
    const { type, record } = RELATED[name];
    const attributes = attributesOf(record, row, this.related[name]);
    return { id: row.id, type, attributes, relationships: {} };
  }
}

function idOf(charge: PaymentCharge, name: Include): ResourceId | null {
  const id = charge[`${name}Id`];
  return id === null ? null : { type: RELATED[name].type, id };
}

function resourceSchema(
  title: string,
  type: string,
  attributes: object,
  relationships: object,
): object {
  const resource = {
    id: { type: "string", format: "uuid" },
    type: { type: "string", const: type },
    attributes: named(`${title}Attributes`, attributes),
    relationships: named(`${title}Relationships`, relationships),
  };
  return named(title, closedObject(resource));
}

function relationSchema({ title, type }: { title: string; type: string }): object {
  const id = {
    type: { type: "string", const: type },
    id: { type: "string", format: "uuid" },
  };
  const data = { anyOf: [named(`${title}Id`, closedObject(id)), { type: "null" }] };
  return named(`${title}Relation`, closedObject({ data }));
}

const CHARGE = resourceSchema(
  "PaymentCharge",
  "payment_charges",
  attributesSchema(paymentChargeRecord, CHARGE_ATTRIBUTES),
  closedObject(
    {
      order: relationSchema(RELATED.order),
      customer: relationSchema(RELATED.customer),
    },
    [],
  ),
);

const INCLUDED = {
  type: "array",
  description: "The related resources that `include` requests, each once.",
  items: {
    anyOf: Object.values(RELATED).map(({ title, type, record, names }) =>
      resourceSchema(title, type, attributesSchema(record, names), closedObject({})),
    ),
  },
};

/** The schema of a document with one charge. */
export const CHARGE_DOCUMENT = named(
  "PaymentChargeDocument",
  closedObject({ data: CHARGE, included: INCLUDED, meta: closedObject({}) }, ["data", "meta"]),
);

/** The schema of a document with a list of charges. */
export function chargeListDocument(meta: object): object {
  const data = { type: "array", items: CHARGE };
  return named(
    "PaymentChargeList",
    closedObject({ data, included: INCLUDED, meta }, ["data", "meta"]),
  );
}
