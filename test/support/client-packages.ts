import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { getNamedType } from "graphql";
import { afterEach, beforeEach, expect, inject, vi } from "vitest";
import { newCharge } from "../../examples/client/charge-pockets.js";
import type { ClientOptions } from "../../examples/web/options.js";
import { unconnectedSchema } from "../../src/app/features.js";
import {
  type Field,
  type Operation,
  allowedScopesOf,
  documentOf,
  operationsOf,
  ownerSelection,
  variablesOf,
} from "./operations.js";
import { accepted, createCharge } from "./payments.js";
import { newPhoneNumber } from "./pockets.js";
import { type TestMerchant, type TestServer } from "./server.js";
import { type Tenant, valuesFor } from "./tenant.js";

/** What a cache knows about the schema, as the command of the documentation writes it. */
export async function cacheTypes(): Promise<ClientOptions["types"]> {
  const file = join(inject("runFolder"), "cache-types.json");
  const script = "examples/web/write-cache-types.mjs";
  await promisify(execFile)(process.execPath, [script, "schema.graphql", file]);
  return JSON.parse(await readFile(file, "utf8")) as ClientOptions["types"];
}

/** A merchant with a pocket group and five payment charges of 1 to 5 cents. */
export async function createShop(server: TestServer): Promise<TestMerchant & { slug: string }> {
  const merchant = await server.createMerchant();
  for (const amountInCents of [1, 2, 3, 4, 5]) {
    await accepted(createCharge(server, merchant.token, { amountInCents }));
  }
  return { ...merchant, slug: await server.createGroup({}, merchant) };
}

/** The input of a mutation that makes one new charge. */
export function chargeInput(pocketGroupSlug: string, amount: number) {
  return { pocketGroupSlug, charges: [newCharge(newPhoneNumber(), amount)] };
}

/** The inputs of two mutations that charge the same new pocket. */
export function twoCharges(pocketGroupSlug: string, amount: number) {
  const phoneNumber = newPhoneNumber();
  const input = () => ({ pocketGroupSlug, charges: [newCharge(phoneNumber, amount)] });
  return { phoneNumber, first: input(), second: input() };
}

/** Fails each test of the current file in which a package warns on the console. */
export function expectNoWarnings(): void {
  beforeEach(() => {
    vi.spyOn(console, "warn");
    vi.spyOn(console, "error");
  });
  afterEach(() => {
    const warnings = [console.warn, console.error].flatMap((log) => vi.mocked(log).mock.calls);
    vi.restoreAllMocks();
    expect(warnings).toEqual([]);
  });
}

/** Every operation of the schema, with everything that identifies its records and their relations. */
export const OPERATIONS: readonly Operation[] = operationsOf(unconnectedSchema());

/**
 * The data that a cache must return. Pagination helpers remove edges without a node, which the documents of
 * `requestOf` have where their depth ends.
 */
export function cacheable(data: unknown): unknown {
  const isWhole = (edges: { node?: unknown }[]): boolean => edges.every(({ node }) => node);
  const text = JSON.stringify(data, (key, value: unknown) =>
    key === "edges" && !isWhole(value as { node?: unknown }[]) ? [] : value,
  );
  return JSON.parse(text);
}

/** The document and variables with which the server accepts an operation, and who may send it. */
export function requestOf(operation: Operation, tenant: Tenant, server: TestServer) {
  const { field } = operation;
  const isForOperators = needsOperator(field);
  const isSelected = (one: Field): boolean => isForOperators || !needsOperator(one);
  return {
    token: isForOperators ? server.operatorToken : tenant.token,
    document: documentOf(operation, ownerSelection(getNamedType(field.type), 2, isSelected)),
    variables: variablesOf(operation, valuesFor(tenant)),
  };
}

function needsOperator(field: Field): boolean {
  return allowedScopesOf(field)?.every((scope) => scope === "OPERATOR") === true;
}
