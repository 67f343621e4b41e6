import type { MerchantCaller } from "../../callers/caller.js";
import { auditOf } from "../../records/audit.js";
import type { CustomerService } from "../../customers/customer.service.js";
import { present } from "../../shared/assert.js";
import { AppError } from "../../shared/errors.js";
import type { Origin } from "../../shared/origin.js";
import { type Outcome, UserErrors, done, refused } from "../../shared/user-error.js";
import { parseUuid } from "../../shared/uuid.js";
import type { PaymentProvider } from "../payment-enums.js";
import type { PaymentMethod } from "./payment-method.record.js";
import type { PaymentMethodStore } from "./payment-method.store.js";

export interface CreatePaymentMethod {
  readonly provider: PaymentProvider;
  readonly identifier: string;
  readonly methodType: string;
  /** Defaults to the identifier. */
  readonly label?: string | null | undefined;
  readonly customerId?: string | null | undefined;
}

const MAX_LENGTH = 255;

export class PaymentMethodService {
  constructor(
    private readonly store: PaymentMethodStore,
    private readonly customers: CustomerService,
  ) {}

  /** @returns null for an unknown id, and for another merchant's payment method. */
  async find({ merchantId }: MerchantCaller, id: string): Promise<PaymentMethod | null> {
    const uuid = parseUuid(id);
    return uuid === null ? null : this.store.find(merchantId, uuid);
  }

  /** @param origin the id and the creation time of an imported record; new ones by default. */
  async create(
    caller: MerchantCaller,
    input: CreatePaymentMethod,
    origin?: Origin,
  ): Promise<Outcome<PaymentMethod>> {
    const { provider, identifier, methodType } = input;
    const label = input.label ?? identifier;
    const errors = new UserErrors();
    for (const [field, value] of Object.entries({ identifier, methodType, label })) {
      errors.checkText(field, value, MAX_LENGTH);
    }
    const customer =
      input.customerId == null ? null : await this.customers.find(caller, input.customerId);
    if (input.customerId != null && customer === null) {
      errors.addNotFound("customerId", "customer", input.customerId);
    }
    if (errors.all.length > 0) return refused(...errors.all);
    const { merchantId } = caller;
    const customerId = customer?.id ?? null;
    const method = { merchantId, provider, identifier, methodType, label, customerId };
    return done(await this.store.insert(method, auditOf(caller, "createPaymentMethod"), origin));
  }

  /**
   * Detaches a payment method from its customer. Existing payments keep it. Detaching it again changes nothing.
   *
   * @throws AppError NOT_FOUND.
   */
  async detach(caller: MerchantCaller, id: string): Promise<PaymentMethod> {
    const method = await this.find(caller, id);
    if (method === null) {
      throw new AppError("NOT_FOUND", `There is no payment method with the id ${id}.`);
    }
    if (method.customerId === null) return method;
    const audit = auditOf(caller, "detachPaymentMethod");
    return present(await this.store.detach(method, audit), "the method just detached");
  }
}
