import { perRequest } from "../graphql/context.js";
import { toOneLoader } from "../listing/loader.js";
import type { Employee } from "./employee.record.js";
import type { EmployeeKey, EmployeeStore } from "./employee.store.js";

export class EmployeeLoader {
  constructor(private readonly store: EmployeeStore) {}

  readonly byKey = perRequest(() =>
    toOneLoader<EmployeeKey, Employee>(
      (keys) => this.store.findByKeys(keys),
      ({ merchantId, id }) => `${merchantId} ${id}`,
    ),
  );
}
