import type { MerchantCaller } from "../callers/caller.js";
import type { MerchantService } from "../access/merchant.service.js";
import type { CustomerService } from "../customers/customer.service.js";
import { auditOf } from "../records/audit.js";
import { present } from "../shared/assert.js";
import { AppError } from "../shared/errors.js";
import {
  type MerchantData,
  checkMerchantData,
  givenMerchantData,
  newMerchantData,
} from "../shared/merchant-data.js";
import type { Origin } from "../shared/origin.js";
import {
  DEFAULT_CURRENCY,
  type Outcome,
  UserErrors,
  changedValues,
  done,
  given,
  givenOrNull,
  refused,
} from "../shared/user-error.js";
import { parseUuid } from "../shared/uuid.js";
import type { OrderStatus } from "./order-status.js";
import type { Order } from "./order.record.js";
import type { OrderStore } from "./order.store.js";

export interface UpdateOrder extends MerchantData {
  readonly customerId?: string | null | undefined;
  readonly totalInCents?: number | null | undefined;
  readonly status?: OrderStatus | null | undefined;
}

export interface CreateOrder extends UpdateOrder {
  readonly currency?: string | null | undefined;
}

export class OrderService {
  constructor(
    private readonly store: OrderStore,
    private readonly customers: CustomerService,
    private readonly merchants: MerchantService,
  ) {}

  /** @returns null for an unknown id, and for another merchant's order. */
  async find(caller: MerchantCaller, id: string): Promise<Order | null> {
    const uuid = parseUuid(id);
    return uuid === null ? null : this.store.find(caller.merchantId, uuid);
  }

  /** @param origin the id and the creation time of an imported record; new ones by default. */
  async create(
    caller: MerchantCaller,
    input: CreateOrder,
    origin?: Origin,
  ): Promise<Outcome<Order>> {
    const { errors, customerId } = await this.check(caller, input);
    const { merchantId } = caller;
    const currency = input.currency ?? (await this.merchants.get(merchantId)).defaultCurrency;
    errors.checkCurrency("currency", currency, input.currency ? "currency" : DEFAULT_CURRENCY);
    if (errors.all.length > 0) return refused(...errors.all);
    const order = {
      status: input.status ?? "NEW",
      currency,
      totalInCents: input.totalInCents ?? 0,
      customerId: customerId ?? null,
      ...newMerchantData(input),
    };
    const audit = auditOf(caller, "createOrder");
    return done(await this.store.insert(merchantId, order, audit, origin));
  }

  /** Omitted fields stay unchanged; null clears a field. @throws AppError NOT_FOUND. */
  async update(caller: MerchantCaller, id: string, input: UpdateOrder): Promise<Outcome<Order>> {
    const order = await this.find(caller, id);
    if (order === null) throw new AppError("NOT_FOUND", `There is no order with the id ${id}.`);
    const { errors, customerId } = await this.check(caller, input);
    errors.refuseNull("totalInCents", input.totalInCents);
    errors.refuseNull("status", input.status);
    if (errors.all.length > 0) return refused(...errors.all);
    const { totalInCents, status } = input;
    const changes = changedValues(order, {
      ...given({ totalInCents, status }),
      ...givenOrNull({ customerId }),
      ...givenMerchantData(input),
    });
    if (Object.keys(changes).length === 0) return done(order);
    const updated = await this.store.update(
      caller.merchantId,
      order.id,
      changes,
      auditOf(caller, "updateOrder"),
    );
    return done(present(updated, "the updated order"));
  }

  /** @returns the customer's id in stored form; null and undefined are returned unchanged. */
  private async check(
    caller: MerchantCaller,
    { totalInCents, customerId, ...input }: UpdateOrder,
  ): Promise<{ errors: UserErrors; customerId: string | null | undefined }> {
    const errors = new UserErrors();
    if (typeof totalInCents === "number" && totalInCents < 0) {
      errors.add("OUT_OF_RANGE", "totalInCents", "totalInCents must be 0 or more.");
    }
    checkMerchantData(errors, input);
    if (typeof customerId !== "string") return { errors, customerId };
    const customer = await this.customers.find(caller, customerId);
    if (customer === null) errors.addNotFound("customerId", "customer", customerId);
    return { errors, customerId: customer?.id };
  }
}
