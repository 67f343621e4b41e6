import type { MerchantCaller } from "../callers/caller.js";
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
import { inAscii } from "../shared/phone-number.js";
import {
  type Outcome,
  UserErrors,
  done,
  given,
  givenOrNull,
  changedValues,
  refused,
} from "../shared/user-error.js";
import { parseUuid } from "../shared/uuid.js";
import type { Customer } from "./customer.record.js";
import type { CustomerStore } from "./customer.store.js";

export interface CreateCustomer extends MerchantData {
  readonly name: string;
  readonly email?: string | null | undefined;
  readonly phoneNumber?: string | null | undefined;
}

export interface UpdateCustomer extends Partial<Omit<CreateCustomer, "name">> {
  readonly name?: string | null | undefined;
  readonly isArchived?: boolean | null | undefined;
}

const PHONE_NUMBER = /^(?=(?:[^0-9]*[0-9]){3})\+?[0-9(][0-9 ().-]{2,31}$/;

export class CustomerService {
  constructor(private readonly store: CustomerStore) {}

  /** @returns null for an unknown id, and for another merchant's customer. */
  async find(caller: MerchantCaller, id: string): Promise<Customer | null> {
    const uuid = parseUuid(id);
    return uuid === null ? null : this.store.find(caller.merchantId, uuid);
  }

  /** @param origin the id and the creation time of an imported record; new ones by default. */
  async create(
    caller: MerchantCaller,
    given: CreateCustomer,
    origin?: Origin,
  ): Promise<Outcome<Customer>> {
    const input = { ...given, ...storedPhoneNumber(given) };
    const errors = checkCustomer(input);
    if (errors.all.length > 0) return refused(...errors.all);
    const { name, email = null, phoneNumber = null } = input;
    const customer = { name, email, phoneNumber, ...newMerchantData(input) };
    const audit = auditOf(caller, "createCustomer");
    return done(await this.store.insert(caller.merchantId, customer, audit, origin));
  }

  /** Omitted fields stay unchanged; null clears a field. @throws AppError NOT_FOUND. */
  async update(
    caller: MerchantCaller,
    id: string,
    sent: UpdateCustomer,
  ): Promise<Outcome<Customer>> {
    const input = { ...sent, ...storedPhoneNumber(sent) };
    const customer = await this.find(caller, id);
    if (customer === null)
      throw new AppError("NOT_FOUND", `There is no customer with the id ${id}.`);
    const errors = checkCustomer(input);
    errors.refuseNull("name", input.name);
    errors.refuseNull("isArchived", input.isArchived);
    if (errors.all.length > 0) return refused(...errors.all);
    const { name, isArchived, email, phoneNumber } = input;
    const changes = changedValues(customer, {
      ...given({ name, isArchived }),
      ...givenOrNull({ email, phoneNumber }),
      ...givenMerchantData(input),
    });
    if (Object.keys(changes).length === 0) return done(customer);
    const updated = await this.store.update(
      caller.merchantId,
      customer.id,
      changes,
      auditOf(caller, "updateCustomer"),
    );
    return done(present(updated, "the updated customer"));
  }
}

/** The phone number as entered, with its characters converted to ASCII. */
function storedPhoneNumber({ phoneNumber }: UpdateCustomer): { phoneNumber?: string } {
  if (typeof phoneNumber !== "string") return {};
  const text = inAscii(phoneNumber);
  return { phoneNumber: text.slice(text.search(/[^ ]|$/)) };
}

function checkCustomer({ name, email, phoneNumber, ...input }: UpdateCustomer): UserErrors {
  const errors = new UserErrors();
  errors.checkName("name", name);
  errors.checkEmail("email", email);
  if (typeof phoneNumber === "string" && !PHONE_NUMBER.test(phoneNumber)) {
    const message =
      "phoneNumber must be a phone number of 3 to 32 characters, such as +98 912 000 0000.";
    errors.add("INVALID", "phoneNumber", message);
  }
  checkMerchantData(errors, input);
  return errors;
}
