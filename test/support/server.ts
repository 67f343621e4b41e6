import { randomBytes } from "node:crypto";
import { pino } from "pino";
import { MERCHANT_SCOPES } from "../../src/callers/api-scope.js";
import type { CreateApiToken } from "../../src/access/api-token.service.js";
import { type App, type AppOptions, createApp } from "../../src/app/app.js";
import { Readiness } from "../../src/database/migrations/readiness.js";
import { LOG_SERIALIZERS, masked } from "../../src/observability/log.js";
import type { RateLimitOptions } from "../../src/app/rate-limits.js";
import type { ServedMetrics } from "../../src/http/metrics.js";
import type { PersistedDocuments } from "../../src/graphql/persisted-documents.js";
import type { ConsoleStart } from "../../src/http/console.js";
import type { PlaygroundStart } from "../../src/http/playground.js";
import type { DocsStart } from "../../src/rest/docs.js";
import type { CreatePocketGroup } from "../../src/pockets/pocket-group-input.js";
import { LOOPBACK_HOSTS } from "../../src/shared/host.js";
import type { Clock } from "../../src/shared/clock.js";
import type { DocumentLimits, HttpLimits } from "../../src/shared/request-limits.js";
import type { SecretKey } from "../../src/shared/secret-key.js";
import type { Outcome } from "../../src/shared/user-error.js";
import { newId } from "../../src/shared/uuid.js";
import { type TestDatabase, createTestDatabase, directUrlOf } from "./database.js";
import { GraphqlClient } from "./graphql-client.js";

export interface TestMerchant {
  id: string;
  /** A token with every scope except OPERATOR. */
  token: string;
}

/** A complete server on its own database, in this process. */
export class TestServer extends GraphqlClient {
  readonly logged: string[];

  private constructor(
    readonly app: App,
    readonly database: TestDatabase,
    private readonly readiness: Readiness,
    readonly url: string,
    readonly operatorToken: string,
    logged: string[],
  ) {
    super();
    this.logged = logged;
  }

  static async start(
    options: {
      poolSize?: number;
      /** Replaces the database that the server would create. */
      database?: TestDatabase;
      clock?: Clock;
      introspection?: boolean;
      corsOrigins?: readonly string[];
      /** If omitted, the program's default on loopback; undefined allows every host. */
      allowedHosts?: readonly string[] | undefined;
      trustedProxies?: readonly string[];
      metrics?: ServedMetrics;
      secretKeys?: readonly SecretKey[];
      console?: () => ConsoleStart;
      playground?: () => PlaygroundStart;
      persistedDocuments?: PersistedDocuments;
      persistedOnly?: boolean;
      docs?: () => DocsStart;
      documentLimits?: Partial<DocumentLimits>;
      httpLimits?: Partial<HttpLimits>;
      exportLimits?: AppOptions["exportLimits"];
      importLimits?: AppOptions["importLimits"];
      expireHoldsEveryMs?: number;
      limits?: RateLimitOptions;
      webhookAllowedNetworks?: readonly string[];
      /** If omitted, the server does not deliver webhooks. */
      webhookDelivery?: AppOptions["webhookDelivery"];
    } = {},
  ): Promise<TestServer> {
    const {
      poolSize,
      clock,
      introspection = true,
      corsOrigins = [],
      trustedProxies = [],
      metrics,
      secretKeys: keys = [newSecretKey("test")],
      console,
      playground,
      persistedDocuments,
      persistedOnly,
      docs,
      documentLimits,
      httpLimits,
      limits,
      exportLimits,
      importLimits,
      expireHoldsEveryMs,
      webhookAllowedNetworks,
      webhookDelivery,
    } = options;
    const allowedHosts = "allowedHosts" in options ? options.allowedHosts : LOOPBACK_HOSTS;
    const database = options.database ?? (await createTestDatabase(poolSize));
    const readiness = new Readiness(database.url);
    const logged: string[] = [];
    // Like the program's log, but without the final masking, which must never be needed.
    const logOptions = { level: "debug", serializers: LOG_SERIALIZERS };
    const log = pino(logOptions, { write: (line: string) => logged.push(line) });
    const app = await createApp({
      database,
      log,
      introspection,
      // Every guarantee holds in both modes: `COMPILE_QUERIES=false npm test` tests the other one.
      compilesQueries: process.env["COMPILE_QUERIES"] !== "false",
      batchesCharges: process.env["BATCH_CHARGES"] !== "false",
      corsOrigins,
      allowedHosts,
      trustedProxies,
      metrics,
      secretKeys: () => keys,
      console,
      playground,
      persistedDocuments,
      persistedOnly,
      docs,
      documentLimits,
      httpLimits,
      limits,
      exportLimits,
      importLimits,
      webhookAllowedNetworks,
      webhookDelivery,
      readiness,
      listenUrl: () => directUrlOf(database),
      expireHoldsEveryMs,
      ...(clock ? { clock } : {}),
    });
    const origin = await app.http.listen({ host: "127.0.0.1", port: 0 });
    const operator = made(
      await app.services.apiTokens.create({ name: "test operator", scopes: ["OPERATOR"] }),
    );
    const url = `${origin}/graphql`;
    return new TestServer(app, database, readiness, url, operator.secret, logged);
  }

  async stop(): Promise<void> {
    await this.app.close();
    await Promise.all([this.database.close(), this.readiness.close()]);
    // Check for the whole suite that no log line contains a secret, whatever a test has sent.
    const indiscreet = this.logged.filter((line) => masked(line) !== line);
    if (indiscreet.length > 0) {
      throw new Error(`A token or a phone number was logged:\n${indiscreet.join("")}`);
    }
  }

  async createMerchant(name = "A merchant"): Promise<TestMerchant> {
    const { id } = made(await this.app.services.merchants.create({ name }));
    return { id, token: await this.createToken({ merchantId: id }) };
  }

  async createToken(token: Partial<CreateApiToken>): Promise<string> {
    const input = { name: "test", scopes: MERCHANT_SCOPES, ...token };
    return made(await this.app.services.apiTokens.create(input)).secret;
  }

  /** Creates a group and grants it to the merchants. @returns its slug. */
  async createGroup(
    group: Partial<CreatePocketGroup>,
    ...grantedTo: TestMerchant[]
  ): Promise<string> {
    const slug = group.slug ?? `group-${newId()}`;
    made(await this.app.services.pocketGroups.create({ name: "A group", ...group, slug }));
    for (const { id } of grantedTo) await this.app.services.pocketGroups.grant(slug, id);
    return slug;
  }
}

export function newSecretKey(id: string): SecretKey {
  return { id, key: randomBytes(32) };
}

export function made<T>(outcome: Outcome<T>): T {
  if (!outcome.isDone) throw new Error(`refused: ${JSON.stringify(outcome.userErrors)}`);
  return outcome.value;
}
