import type pg from "pg";

/** A pool whose connections run statements by another function. Otherwise they are the connections of the pool. */
export function withReplacedQuery(
  pool: pg.Pool,
  query: (client: pg.PoolClient, statement: string) => Promise<unknown>,
): pg.Pool {
  const connect = async (): Promise<pg.PoolClient> => {
    const client = await pool.connect();
    return withMember(client, "query", (statement: string) => query(client, statement));
  };
  return withMember(pool, "connect", connect);
}

function withMember<T extends object>(object: T, name: keyof T, replacement: unknown): T {
  return new Proxy(object, {
    get: (target, key) => {
      if (key === name) return replacement;
      const member: unknown = Reflect.get(target, key);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
}
