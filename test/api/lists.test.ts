import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../../src/shared/uuid.js";
import { charge, chargePockets, newPhoneNumber } from "../support/pockets.js";
import type { Answer } from "../support/graphql-client.js";
import { oneIn } from "../support/runs.js";
import { type TestMerchant, TestServer } from "../support/server.js";

type RecordName = "PocketGroup" | "Pocket" | "PocketCharge" | "Merchant" | "Employee";
type Variables = Record<string, unknown>;
type Node = Record<string, string | number> & { id: string };

interface Edge {
  cursor: string;
  node: Node;
}

interface PageInfo {
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  startCursor: string | null;
  endCursor: string | null;
}

interface Aggregate {
  count: number;
  sum: Record<string, string | null>;
  avg: Record<string, string | null>;
  min: Record<string, string | number | null>;
  max: Record<string, string | number | null>;
}

interface Grouping {
  key: Record<string, unknown>;
  aggregate: Partial<Aggregate>;
}

interface Connection {
  nodes: Node[];
  edges: Edge[];
  pageInfo: PageInfo;
  totalCount: number;
  aggregate: Aggregate;
  groupBy: Grouping[];
}

interface List {
  readonly title: string;
  readonly field: string;
  readonly record: RecordName;
  /** The parent field of the list, with its arguments. */
  readonly parent?: string;
  readonly isMerchants?: boolean;
}

type Listed = Record<string, unknown> | null;

/** Every field that lists of a record can be sorted by. */
const SORT_FIELDS: Record<RecordName, Record<string, string>> = {
  PocketGroup: { CREATED_AT: "createdAt", UPDATED_AT: "updatedAt", SLUG: "slug", NAME: "name" },
  Pocket: {
    CREATED_AT: "createdAt",
    UPDATED_AT: "updatedAt",
    PHONE_NUMBER: "phoneNumber",
    BALANCE: "balance",
  },
  PocketCharge: { CREATED_AT: "createdAt", AMOUNT: "amount", PHONE_NUMBER: "phoneNumber" },
  Merchant: { CREATED_AT: "createdAt", UPDATED_AT: "updatedAt", NAME: "name" },
  Employee: { CREATED_AT: "createdAt", UPDATED_AT: "updatedAt", NAME: "name" },
};
const RECORDS = Object.keys(SORT_FIELDS) as RecordName[];
const PAGE_INFO = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }";
const POCKET_GROUPS: List = { title: "pocketGroups", field: "pocketGroups", record: "PocketGroup" };
const POCKETS: List = { title: "pockets", field: "pockets", record: "Pocket" };
const CHARGES: List = { title: "pocketCharges", field: "pocketCharges", record: "PocketCharge" };
const MERCHANTS: List = { title: "merchants", field: "merchants", record: "Merchant" };
const EMPLOYEES: List = { title: "employees", field: "employees", record: "Employee" };
const LIST_OF: Record<RecordName, List> = {
  PocketGroup: POCKET_GROUPS,
  Pocket: POCKETS,
  PocketCharge: CHARGES,
  Merchant: MERCHANTS,
  Employee: EMPLOYEES,
};
const BAD_INPUT = "BAD_USER_INPUT";
const MAX = 9_007_199_254_740_991;
/** The most lists in one request of these tests. */
const MAX_LISTS = 25;

let server: TestServer;

/** Starts a separate server for the enclosing tests, so that operators list nothing else. */
function useServer(seed: () => Promise<void>): void {
  beforeAll(async () => {
    server = await TestServer.start();
    await seed();
  });
  afterAll(() => server.stop());
}

async function insert(table: string, rows: readonly Record<string, unknown>[]): Promise<void> {
  const columns = Object.keys(rows[0]!).join(", ");
  const source = `jsonb_populate_recordset(null::${table}, $1)`;
  await server.database.pool.query(
    `insert into ${table} (${columns}) select ${columns} from ${source}`,
    [JSON.stringify(rows)],
  );
}

/** @param count how many times the query has the list, each time with arguments of its own. */
function queryOf({ record, field, parent }: List, selection: string, count?: number): string {
  const types = {
    filter: `${record}Filter`,
    sort: `[${record}Sort!]`,
    first: "Int",
    after: "String",
    last: "Int",
    before: "String",
    page: "PageInput",
  };
  const names = Object.keys(types) as (keyof typeof types)[];
  const indexes = count === undefined ? [""] : Array.from({ length: count }, (_, at) => String(at));
  const declared = indexes.flatMap((at) => names.map((name) => `$${name}${at}: ${types[name]}`));
  const lists = indexes.map((at) => {
    const args = names.map((name) => `${name}: $${name}${at}`).join(", ");
    return `list${at}: ${field}(${args}) { ${selection} }`;
  });
  const body = lists.join(" ");
  return `query (${declared.join(", ")}) { ${parent === undefined ? body : `parent: ${parent} { ${body} }`} }`;
}

async function send(
  list: List,
  selection: string,
  variables: Variables,
  token = server.operatorToken,
): Promise<Answer<Listed>> {
  return server.send<Listed>(token, queryOf(list, selection), variables);
}

/** Queries a list, and expects no errors. */
async function ask(
  list: List,
  selection: string,
  variables: Variables = {},
  token?: string,
): Promise<Connection> {
  const { status, data, errors } = await send(list, selection, variables, token);
  expect({ status, errors }).toEqual({ status: 200, errors: undefined });
  const { list: own, parent } = data as { list?: Connection; parent?: { list: Connection } };
  return (own ?? parent?.list)!;
}

/** Queries a list several times in one request. */
async function askEach(
  list: List,
  selection: string,
  each: readonly Variables[],
  token: string,
): Promise<Connection[]> {
  const variables = each.map((given, at) =>
    Object.entries(given).map(([name, value]) => [name + String(at), value] as const),
  );
  const query = queryOf(list, selection, each.length);
  type Lists = Record<string, Connection>;
  const data = await server.ask<Lists & { parent?: Lists }>(
    token,
    query,
    Object.fromEntries(variables.flat()),
  );
  return each.map((_, at) => (data.parent ?? data)[`list${String(at)}`]!);
}

/** Expects HTTP 400 and BAD_USER_INPUT with a message that matches the pattern. */
async function expectRefusal(
  list: List,
  selection: string,
  variables: Variables,
  message: RegExp,
): Promise<void> {
  const { status, data, errors } = await send(list, selection, variables);
  const isThere = Object.values(data ?? {}).some((value) => value !== null);
  expect({ status, isThere, codes: errors?.map(({ extensions }) => extensions.code) }).toEqual({
    status: 400,
    isThere: false,
    codes: [BAD_INPUT],
  });
  expect(errors?.[0]?.message).toMatch(message);
}

function idsOf(edges: readonly Edge[]): string[] {
  return edges.map(({ node }) => node.id);
}

function at(minute: number): string {
  return new Date(Date.UTC(2024, 0, 1, 0, minute)).toISOString().replace("Z", "000Z");
}

describe("every list", () => {
  const ROWS = 23;
  const MERCHANT_ID = newId();
  let merchantToken: string;

  const lists: List[] = [
    ...Object.values(LIST_OF),
    ...[POCKET_GROUPS, POCKETS, CHARGES, EMPLOYEES].map((list) => ({
      ...list,
      title: `${list.title} to a merchant`,
      isMerchants: true,
    })),
    {
      title: "Merchant.pocketGroups",
      field: "pocketGroups",
      record: "PocketGroup",
      parent: `merchant(id: "${MERCHANT_ID}")`,
    },
    {
      title: "PocketGroup.pockets",
      field: "pockets",
      record: "Pocket",
      parent: 'pocketGroup(slug: "walk-00")',
    },
    {
      title: "PocketGroup.pocketCharges",
      field: "pocketCharges",
      record: "PocketCharge",
      parent: 'pocketGroup(slug: "walk-00")',
    },
    {
      title: "Pocket.pocketCharges",
      field: "pocketCharges",
      record: "PocketCharge",
      parent: 'pocket(pocketGroupSlug: "walk-00", phoneNumber: "989120000000")',
    },
  ];
  const table = lists.map((list) => [list.title, list] as const);

  /** Rows whose order by any column differs from their order by id, and that contain ties. */
  useServer(async () => {
    const numbers = Array.from({ length: ROWS }, (_, index) => index);
    const created = (index: number): string => at(Math.floor(((index * 7) % ROWS) / 2));
    const updated = (index: number): string => at(100 + ((index * 5) % ROWS) / 4);
    const times = (index: number): { created_at: string; updated_at: string } => ({
      created_at: created(index),
      updated_at: updated(index),
    });
    const names = ["anna", "bert", "cleo"];
    const name = (index: number): string => names[(index * 11) % 3]!;
    const phone = (index: number): string => `9891200000${String(index).padStart(2, "0")}`;
    const groupId = newId();
    await insert(
      "merchants",
      numbers.map((index) => ({
        id: index === 0 ? MERCHANT_ID : newId(),
        name: name(index),
        is_active: true,
        default_currency: "USD",
        ...times(index),
      })),
    );
    merchantToken = await server.createToken({ merchantId: MERCHANT_ID });
    await insert(
      "employees",
      numbers.map((index) => ({
        merchant_id: MERCHANT_ID,
        id: newId(),
        name: name(index),
        email: `e${String(index)}@example.com`,
        is_active: true,
        ...times(index),
      })),
    );
    const groups = numbers.map((index) => ({
      id: index === 0 ? groupId : newId(),
      slug: `walk-${String((index * 3) % ROWS).padStart(2, "0")}`,
      name: name(index),
      currency: "IRR",
      is_active: true,
      ...times(index),
    }));
    await insert("pocket_groups", groups);
    await insert(
      "pocket_group_grants",
      groups.map(({ id }) => ({
        merchant_id: MERCHANT_ID,
        pocket_group_id: id,
        created_at: at(0),
      })),
    );
    await insert(
      "pockets",
      numbers.map((index) => ({
        pocket_group_id: groupId,
        id: newId(),
        phone_number: phone((index * 13) % ROWS),
        balance: (index * 3) % 5,
        ...times(index),
      })),
    );
    // The first pocket has as many charges as other lists have rows; each other pocket has one.
    const charged = [...numbers.map(() => 0), ...numbers.slice(1)];
    await insert(
      "pocket_ledger",
      charged.map((pocket, index) => ({
        pocket_group_id: groupId,
        id: newId(),
        token: newId(),
        merchant_id: MERCHANT_ID,
        phone_number: phone(pocket),
        amount: 1 + ((index * 3) % 5),
        balance_after: 5,
        created_at: created(index),
      })),
    );
  });

  function countOf({ record, title }: List): number {
    const isOfAllPockets = record === "PocketCharge" && title !== "Pocket.pocketCharges";
    return isOfAllPockets ? ROWS * 2 - 1 : ROWS;
  }

  function tokenFor(list: List): string {
    return list.isMerchants === true ? merchantToken : server.operatorToken;
  }

  function fieldsOf({ record }: List): string {
    return ["id", ...Object.values(SORT_FIELDS[record])].join(" ");
  }

  const pageOf = (list: List): string => `edges { cursor node { ${fieldsOf(list)} } } ${PAGE_INFO}`;

  function page(list: List, variables: Variables): Promise<Connection> {
    return ask(list, pageOf(list), variables, tokenFor(list));
  }

  function pages(list: List, each: readonly Variables[]): Promise<Connection[]> {
    return askEach(list, pageOf(list), each, tokenFor(list));
  }

  /** Every order is read once, because the rows do not change. */
  const read = new Map<string, Promise<Edge[]>>();

  function all(list: List, sort?: unknown): Promise<Edge[]> {
    const key = JSON.stringify({ title: list.title, sort });
    const edges = read.get(key) ?? allOnce(list, sort);
    read.set(key, edges);
    return edges;
  }

  async function allOnce(list: List, sort: unknown): Promise<Edge[]> {
    const { edges } = await page(list, { first: 100, sort });
    expect(new Set(idsOf(edges)).size).toBe(countOf(list));
    return edges;
  }

  /** Reads the whole list once in each order. */
  async function inOrders(list: List, sorts: readonly unknown[]): Promise<Node[][]> {
    const each = sorts.map((sort) => ({ first: 100, sort }));
    const lists = (await pages(list, each)).map(({ edges }) => edges.map(({ node }) => node));
    for (const nodes of lists) {
      expect(new Set(nodes.map(({ id }) => id)).size).toBe(countOf(list));
    }
    return lists;
  }

  /** The page info of the page that contains the rows [from, to) of the whole list. */
  function pageInfoOf(edges: readonly Edge[], from: number, to: number, count: number): PageInfo {
    return {
      hasPreviousPage: from > 0,
      hasNextPage: to < count,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    };
  }

  /** Follows the cursors from page to page. */
  async function expectForwards(list: List, sort: unknown, size: number): Promise<void> {
    const whole = idsOf(await all(list, sort));
    let after: string | null = null;
    for (let from = 0; from < whole.length; from += size) {
      const { edges, pageInfo }: Connection = await page(list, { first: size, after, sort });
      expect(idsOf(edges)).toEqual(whole.slice(from, from + size));
      expect(pageInfo).toEqual(pageInfoOf(edges, from, from + size, whole.length));
      after = pageInfo.endCursor;
    }
  }

  /** Follows the cursors from page to page. */
  async function expectBackwards(list: List, sort: unknown, size: number): Promise<void> {
    const whole = idsOf(await all(list, sort));
    let before: string | null = null;
    for (let to = whole.length; to > 0; to -= size) {
      const { edges, pageInfo }: Connection = await page(list, { last: size, before, sort });
      const from = Math.max(to - size, 0);
      expect(idsOf(edges)).toEqual(whole.slice(from, to));
      expect(pageInfo).toEqual(pageInfoOf(edges, from, to, whole.length));
      before = pageInfo.startCursor;
    }
  }

  /** Reads every page of a size at once: forwards, backwards and by number. */
  async function expectPages(list: List, sort: unknown, size: number): Promise<void> {
    const whole = await all(list, sort);
    const wanted: { from: number; to: number; variables: Variables }[] = [];
    for (let from = 0, number = 1; from < whole.length; from += size, number++) {
      const to = Math.min(from + size, whole.length);
      const [end, start] = [whole.length - from, Math.max(whole.length - to, 0)];
      wanted.push(
        { from, to, variables: { first: size, after: whole[from - 1]?.cursor } },
        { from: start, to: end, variables: { last: size, before: whole[end]?.cursor } },
        { from, to, variables: { page: { number, size } } },
      );
    }
    for (let at = 0; at < wanted.length; at += MAX_LISTS) {
      const some = wanted.slice(at, at + MAX_LISTS);
      const answered = await pages(
        list,
        some.map(({ variables }) => ({ ...variables, sort })),
      );
      const expected = some.map(({ from, to }) => {
        const edges = whole.slice(from, to);
        return { edges, pageInfo: pageInfoOf(edges, from, to, whole.length) };
      });
      expect(answered).toEqual(expected);
    }
  }

  function expectOrder(
    nodes: readonly Node[],
    ...keys: [field: string, direction: string][]
  ): void {
    const isBefore = (a: Node, b: Node): boolean => {
      for (const [field, direction] of keys) {
        const [one, other] = [a[field]!, b[field]!];
        if (one !== other) return direction === "ASC" ? one < other : one > other;
      }
      return true;
    };
    const wrong = nodes.filter((node, index) => index > 0 && !isBefore(nodes[index - 1]!, node));
    expect(wrong).toEqual([]);
  }

  describe.each(table)("%s", (_, list) => {
    const count = countOf(list);

    it.each([
      ["no sort", undefined],
      ["the sort null", null],
      ["an empty sort", []],
    ])("has the newest first with %s", async (_case, sort) => {
      const nodes = (await all(list, sort)).map(({ node }) => node);
      expectOrder(nodes, ["createdAt", "DESC"]);
    });

    const sortFields = Object.entries(SORT_FIELDS[list.record]);
    it.each(sortFields)(
      "is sorted by %s in both directions, ascending by default",
      async (field, key) => {
        const ascending = await all(list, [{ field }]);
        const [same, descending] = await inOrders(list, [
          [{ field, direction: "ASC" }],
          [{ field, direction: "DESC" }],
        ]);
        expectOrder(
          ascending.map(({ node }) => node),
          [key, "ASC"],
        );
        expect(same).toEqual(ascending.map(({ node }) => node));
        expectOrder(descending!, [key, "DESC"]);
      },
    );

    const pairs = sortFields.flatMap(([first, firstKey]) =>
      sortFields
        .filter(([second]) => first !== second)
        .map(([second, secondKey]) => [first, second, firstKey, secondKey] as const),
    );
    it.each(pairs)("is sorted by %s, then by %s, in any mix of directions", async (...pair) => {
      const [first, second, firstKey, secondKey] = pair;
      const directions = [
        ["ASC", "DESC"],
        ["DESC", "ASC"],
        ["DESC", "DESC"],
      ] as const;
      const sorts = directions.map(([one, two]) => [
        { field: first, direction: one },
        { field: second, direction: two },
      ]);
      for (const [at, nodes] of (await inOrders(list, sorts)).entries()) {
        const [one, two] = directions[at]!;
        expectOrder(nodes, [firstKey, one], [secondKey, two]);
      }
    });

    const [firstField, secondField] = sortFields.toReversed().map(([field]) => field);
    const sorts: [string, unknown][] = [
      ["in the default order", undefined],
      ["ascending", [{ field: firstField }]],
      ["descending", [{ field: firstField, direction: "DESC" }]],
      ["in a mixed order", [{ field: firstField, direction: "DESC" }, { field: secondField }]],
      ["in the opposite mix", [{ field: firstField }, { field: secondField, direction: "DESC" }]],
    ];
    it.each(sorts)("is paged forwards, backwards and by number %s", async (_order, sort) => {
      for (const size of [10, count, count + 1]) await expectPages(list, sort, size);
    });

    it("is paged by following the cursors in either direction", async () => {
      await expectForwards(list, undefined, 10);
      await expectBackwards(list, undefined, 10);
    });

    it("is paged record by record in a mixed order", async () => {
      const sort = [{ field: firstField, direction: "DESC" }, { field: secondField }];
      await expectPages(list, sort, 1);
    });

    it("continues from the cursor of any edge, in both directions", async () => {
      const whole = await all(list);
      const { cursor } = whole[11]!;
      const after = await page(list, { first: 3, after: cursor });
      expect(idsOf(after.edges)).toEqual(idsOf(whole.slice(12, 15)));
      const before = await page(list, { last: 3, before: cursor });
      expect(idsOf(before.edges)).toEqual(idsOf(whole.slice(8, 11)));
    });

    it("has 20 records on a page by default", async () => {
      const whole = await all(list);
      const first = idsOf(whole.slice(0, 20));
      const end = Math.min(count, 40);
      for (const variables of [{}, { page: {} }, { page: { number: 1 } }]) {
        const { edges, pageInfo } = await page(list, variables);
        expect(idsOf(edges)).toEqual(first);
        expect(pageInfo).toMatchObject({ hasPreviousPage: false, hasNextPage: true });
      }
      const nulls = { first: null, after: null, last: null, before: null, filter: null };
      expect(idsOf((await page(list, { ...nulls, page: null })).edges)).toEqual(first);
      expect(idsOf((await page(list, { page: { number: 2 } })).edges)).toEqual(
        idsOf(whole.slice(20, end)),
      );
      expect(idsOf((await page(list, { after: whole[19]!.cursor })).edges)).toEqual(
        idsOf(whole.slice(20, end)),
      );
    });

    it("has an empty page beyond either end, with the records before or after it", async () => {
      const whole = await all(list);
      const noCursors = { startCursor: null, endCursor: null };
      const pastEnd = { hasNextPage: false, hasPreviousPage: true, ...noCursors };
      const beforeStart = { hasNextPage: true, hasPreviousPage: false, ...noCursors };
      for (const [variables, pageInfo] of [
        [{ first: 5, after: whole.at(-1)!.cursor }, pastEnd],
        [{ page: { number: 100, size: 100 } }, pastEnd],
        [{ page: { number: 2_147_483_647, size: 100 } }, pastEnd],
        [{ last: 5, before: whole[0]!.cursor }, beforeStart],
      ] as const) {
        expect(await page(list, variables)).toEqual({ edges: [], pageInfo });
      }
    });

    it.each([
      [{ first: 5 }],
      [{ last: 5 }],
      [{ page: { number: 1, size: 5 } }],
      [{ page: { number: 2, size: 5 } }],
    ])("has nothing before or after the page %j when it keeps nothing", async (variables) => {
      const filter = { id: { eq: [] } };
      expect(await page(list, { ...variables, filter })).toEqual({
        edges: [],
        pageInfo: {
          hasNextPage: false,
          hasPreviousPage: false,
          startCursor: null,
          endCursor: null,
        },
      });
    });

    it("has the same records as nodes and as edges", async () => {
      const { edges, nodes } = await ask(
        list,
        "edges { cursor node { id createdAt } } nodes { id createdAt }",
        { first: 7 },
        tokenFor(list),
      );
      expect(nodes).toEqual(edges.map(({ node }) => node));
      expect(new Set(edges.map(({ cursor }) => cursor)).size).toBe(7);
    });

    it("returns in totalCount the number of matching records, on any page", async () => {
      const whole = idsOf(await all(list));
      const filter = { id: { notEq: whole.slice(0, 4) } };
      for (const variables of [{}, { first: 1 }, { last: 3 }, { page: { number: 50, size: 2 } }]) {
        const totals = [];
        for (const filters of [{}, { filter }, { filter: { id: { eq: [] } } }]) {
          const given = { ...variables, ...filters };
          totals.push((await ask(list, "totalCount", given, tokenFor(list))).totalCount);
        }
        expect(totals).toEqual([count, count - 4, 0]);
      }
    });

    const ARGUMENTS: [Variables, RegExp][] = [
      [{ first: 0 }, /\bfirst\b/],
      [{ first: 101 }, /\bfirst\b/],
      [{ first: -1 }, /\bfirst\b/],
      [{ last: 0 }, /\blast\b/],
      [{ last: 101 }, /\blast\b/],
      [{ page: { size: 0 } }, /\bsize\b/],
      [{ page: { size: 101 } }, /\bsize\b/],
      [{ page: { number: 0 } }, /\bnumber\b/],
      [{ page: { number: -1 } }, /\bnumber\b/],
      [{ first: 5, last: 5 }, /\bfirst\b.*\blast\b/],
      [{ first: 5, page: {} }, /\bpage\b/],
      [{ last: 5, page: {} }, /\bpage\b/],
      [{ after: "a", page: {} }, /\bpage\b/],
      [{ before: "a", page: {} }, /\bpage\b/],
    ];
    it.each(ARGUMENTS)("is BAD_USER_INPUT with the arguments %j", async (variables, message) => {
      await expectRefusal(list, "nodes { id }", variables, message);
    });

    it.each(["first", "last"])("takes 1 and 100 as %s", async (argument) => {
      for (const size of [1, 100]) {
        const { edges } = await page(list, { [argument]: size });
        expect(edges).toHaveLength(Math.min(size, count));
      }
    });

    it.each(["", "abc", "!", "\u0000", "ZG9n", "e30", "bnVsbA", "W10", "گ", "a".repeat(10_000)])(
      "is BAD_USER_INPUT with the malformed cursor %j",
      async (cursor) => {
        await expectRefusal(list, "nodes { id }", { after: cursor }, /\bafter\b/);
        await expectRefusal(list, "nodes { id }", { last: 5, before: cursor }, /\bbefore\b/);
      },
    );

    it("is BAD_USER_INPUT with a cursor that was cut or lengthened", async () => {
      const { cursor } = (await all(list))[5]!;
      for (const tampered of [cursor.slice(0, -2), cursor.slice(1), `${cursor}AAAA`]) {
        await expectRefusal(list, "nodes { id }", { after: tampered }, /\bafter\b/);
        await expectRefusal(list, "nodes { id }", { last: 2, before: tampered }, /\bbefore\b/);
      }
    });

    it("accepts a cursor with a changed character as another position, or refuses it", async () => {
      const { cursor } = (await all(list))[5]!;
      let refused = 0;
      for (let index = 0; index < cursor.length; index += 4) {
        const changed = cursor[index] === "A" ? "B" : "A";
        const after = cursor.slice(0, index) + changed + cursor.slice(index + 1);
        const { status, errors } = await send(list, "nodes { id }", { after }, tokenFor(list));
        const codes = errors?.map(({ extensions }) => extensions.code);
        if (status !== 200) expect({ status, codes }).toEqual({ status: 400, codes: [BAD_INPUT] });
        if (status !== 200) refused++;
      }
      expect(refused).toBeGreaterThan(0);
    });

    it("is BAD_USER_INPUT with a cursor of a list of another record", async () => {
      for (const record of RECORDS.filter((other) => other !== list.record)) {
        const { cursor } = (await page(LIST_OF[record], {})).edges[3]!;
        await expectRefusal(list, "nodes { id }", { after: cursor }, /\bafter\b/);
        await expectRefusal(list, "nodes { id }", { last: 1, before: cursor }, /\bbefore\b/);
      }
    });

    it("is BAD_USER_INPUT with a cursor of another sort", async () => {
      const ways = [
        undefined,
        ...sortFields.flatMap(([field]) => [
          [{ field, direction: "ASC" }],
          [{ field, direction: "DESC" }],
        ]),
        [{ field: firstField }, { field: secondField }],
        [{ field: secondField }, { field: firstField }],
      ];
      const { cursor } = (await all(list, [{ field: "CREATED_AT", direction: "ASC" }]))[3]!;
      const isOwn = (sort: unknown): boolean =>
        JSON.stringify(sort) === '[{"field":"CREATED_AT","direction":"ASC"}]';
      for (const sort of ways.filter((way) => !isOwn(way))) {
        await expectRefusal(list, "nodes { id }", { after: cursor, sort }, /\bafter\b/);
        const before = { last: 1, before: cursor, sort };
        await expectRefusal(list, "nodes { id }", before, /\bbefore\b/);
      }
    });
  });
});

describe("a list while its rows change", () => {
  let merchant: TestMerchant;
  let slug: string;
  let list: List;

  useServer(async () => {
    merchant = await server.createMerchant();
    slug = await server.createGroup({}, merchant);
    list = { ...CHARGES, parent: `pocketGroup(slug: "${slug}")` };
  });

  async function add(...amounts: number[]): Promise<void> {
    for (const amount of amounts) {
      const sent = charge({ phoneNumber: newPhoneNumber(), amount });
      const [result] = await chargePockets(server, merchant.token, slug, [sent]);
      expect(result?.status).toBe("SUCCESS");
    }
  }

  const SELECTION = `nodes { id amount balance: balanceAfter } ${PAGE_INFO}`;
  const amounts = ({ nodes }: Connection): unknown[] => nodes.map(({ amount }) => amount);

  it("neither repeats nor skips a row when newer ones are added while paging", async () => {
    await add(11, 12, 13, 14, 15);
    const first = await ask(list, SELECTION, { first: 2 });
    await add(16, 17);
    const second = await ask(list, SELECTION, { first: 2, after: first.pageInfo.endCursor });
    await add(18);
    const third = await ask(list, SELECTION, { first: 2, after: second.pageInfo.endCursor });
    expect([first, second, third].map(amounts)).toEqual([[15, 14], [13, 12], [11]]);
    expect(third.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  });

  it("reaches added rows, each once, when they come after the cursor", async () => {
    const way = { sort: [{ field: "CREATED_AT" }], filter: { amount: { gt: 20, lt: 30 } } };
    await add(21, 22);
    const first = await ask(list, SELECTION, { ...way, first: 2 });
    expect(first.pageInfo.hasNextPage).toBe(false);
    await add(23, 24, 25);
    const second = await ask(list, SELECTION, {
      ...way,
      first: 2,
      after: first.pageInfo.endCursor,
    });
    const third = await ask(list, SELECTION, {
      ...way,
      first: 2,
      after: second.pageInfo.endCursor,
    });
    expect([first, second, third].map(amounts)).toEqual([[21, 22], [23, 24], [25]]);
  });

  it("is equally stable when paged backwards", async () => {
    const filter = { amount: { gt: 30, lt: 40 } };
    await add(31, 32, 33, 34);
    const last = await ask(list, SELECTION, { filter, last: 3 });
    await add(35);
    const next = await ask(list, SELECTION, {
      filter,
      last: 3,
      before: last.pageInfo.startCursor,
    });
    expect([last, next].map(amounts)).toEqual([
      [33, 32, 31],
      [35, 34],
    ]);
    expect(next.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  });

  it("continues from the cursor's key in a sort by amount", async () => {
    const way = { sort: [{ field: "AMOUNT" }], filter: { amount: { gt: 40, lt: 60 } } };
    await add(44, 42, 48, 46);
    const first = await ask(list, SELECTION, { ...way, first: 2 });
    await add(41, 43, 45, 44);
    const after = first.pageInfo.endCursor;
    expect(amounts(first)).toEqual([42, 44]);
    expect(amounts(await ask(list, SELECTION, { ...way, after }))).toEqual([44, 45, 46, 48]);
  });

  describe("whose cursor's own record has moved", () => {
    const BALANCES = `nodes { id balance } ${PAGE_INFO}`;

    async function movedFrom(direction: "ASC" | "DESC"): Promise<Connection> {
      const group = await server.createGroup({}, merchant);
      const pockets: List = { ...POCKETS, parent: `pocketGroup(slug: "${group}")` };
      const numbers = [newPhoneNumber(), newPhoneNumber(), newPhoneNumber()];
      const send = (phoneNumber: string, amount: number): Promise<unknown> =>
        chargePockets(server, merchant.token, group, [charge({ phoneNumber, amount })]);
      for (const [index, number] of numbers.entries()) await send(number, index + 1);

      const sort = [{ field: "BALANCE", direction }];
      const way = direction === "ASC" ? { first: 1 } : { last: 1 };
      const { nodes, pageInfo } = await ask(pockets, BALANCES, { sort, ...way });
      expect(nodes).toMatchObject([{ balance: 1 }]);
      await send(numbers[0]!, 99);
      const cursor = pageInfo.endCursor;
      const given = direction === "ASC" ? { first: 9, after: cursor } : { last: 9, before: cursor };
      return ask(pockets, BALANCES, { sort, ...given });
    }

    it("reports correctly that no record is before the page after it", async () => {
      const { nodes, pageInfo } = await movedFrom("ASC");
      expect(nodes.map(({ balance }) => balance)).toEqual([2, 3, 100]);
      expect(pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
    });

    it("reports correctly that no record is after the page before it", async () => {
      const { nodes, pageInfo } = await movedFrom("DESC");
      expect(nodes.map(({ balance }) => balance)).toEqual([100, 3, 2]);
      expect(pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
    });
  });
});

describe("a filter", () => {
  const LABELS = ["a", "b", "c", "d", "e", "f"] as const;
  const ALL = LABELS.join("");
  const NONE = "";
  const TIMES = [
    "2024-03-01T00:00:00.000001Z",
    "2024-03-01T00:00:00.000002Z",
    "2024-03-01T00:00:00.000003Z",
    "2024-03-02T00:00:00.000000Z",
    "2024-03-03T00:00:00.000000Z",
    "2024-03-04T00:00:00.000000Z",
  ] as const;
  const [T1, T2, T3] = TIMES;
  /** Plain records keep milliseconds. */
  const inMilliseconds = <T>(value: T): T =>
    JSON.parse(JSON.stringify(value).replaceAll(/\.00000(\d)/g, ".00$1000")) as T;
  const idOf = (label: string): string => `01900000-0000-7000-8000-00000000000${label}`;
  const tokenOf = (label: string): string => `01900000-0000-7000-9000-00000000000${label}`;

  /** Names with every character that has a special meaning in SQL or in a pattern. */
  const NAMES = ["Café 100%", "CAFÉ 100x", "a_b\\c", "axb/c", '👛 O\'Neil "x"', "Cafe"];
  const SLUGS = ["shelf-one", "shelf-two", "box-three", "box-four", "bag-five", "bag-six"];
  const CURRENCIES = ["IRR", "USD", "IRR", "EUR", "USD", "IRR"];
  const REGIONS = ["IR", "DE", null, "IR", "US", "DE"];
  const IS_ACTIVE = [true, false, true, true, true, false];
  const BALANCES = [0, 1, 2, MAX - 1, MAX, 1000];
  const HELD_AMOUNTS = [0, 1, 0, 10, MAX, 100];
  const AVAILABLE = BALANCES.map((balance, index) => balance - HELD_AMOUNTS[index]!);
  const FREEZE_SCOPES = ["NONE", "CREDITS", "DEBITS", "BOTH", "NONE", "NONE"];
  const AMOUNTS = [1, 10, 100, MAX, 10, 5];
  const BALANCES_AFTER = [1, 10, 1000, MAX, 20, 5];
  const EMAILS = ["a_1@x.com", "ab1@x.com", "b%@x.org", "o'c@y.org", "e@y.org", "f@y.net"];
  const PHONES = [
    "989120000001",
    "989120000002",
    "989130000001",
    "989120000001",
    "989350000005",
    "989350000006",
  ];

  useServer(async () => {
    const rows = LABELS.map((label, index) => ({ label, index, id: idOf(label) }));
    const times = (index: number): object => ({
      created_at: TIMES[index],
      updated_at: TIMES[5 - index],
    });
    const groupOf = (index: number): string => idOf(index < 3 ? "a" : "b");
    await insert(
      "merchants",
      rows.map(({ id, index }) => ({
        id,
        name: NAMES[index],
        is_active: IS_ACTIVE[index],
        default_currency: "USD",
        ...inMilliseconds(times(index)),
      })),
    );
    await insert(
      "employees",
      rows.map(({ id, index }) => ({
        merchant_id: idOf("a"),
        id,
        name: NAMES[index],
        email: EMAILS[index],
        is_active: IS_ACTIVE[index],
        ...inMilliseconds(times(index)),
      })),
    );
    await insert(
      "pocket_groups",
      rows.map(({ id, index }) => ({
        id,
        slug: SLUGS[index],
        name: NAMES[index],
        currency: CURRENCIES[index],
        phone_number_region: REGIONS[index],
        is_active: IS_ACTIVE[index],
        ...inMilliseconds(times(index)),
      })),
    );
    await insert(
      "pockets",
      rows.map(({ id, index }) => ({
        pocket_group_id: groupOf(index),
        id,
        phone_number: PHONES[index],
        balance: BALANCES[index],
        held_amount: HELD_AMOUNTS[index],
        freeze_scope: FREEZE_SCOPES[index],
        ...times(index),
      })),
    );
    await insert(
      "pocket_holds",
      rows.map(({ id, label, index }) => ({
        pocket_group_id: groupOf(index),
        id,
        token: tokenOf(label),
        merchant_id: idOf("a"),
        phone_number: PHONES[index],
        // A pocket without an open hold has one that was released.
        ...{ amount: HELD_AMOUNTS[index] === 0 ? 7 : HELD_AMOUNTS[index], captured_amount: 0 },
        ...(HELD_AMOUNTS[index] === 0
          ? { status: "RELEASED", closed_at: TIMES[index] }
          : { status: "OPEN", closed_at: null }),
      })),
    );
    await insert(
      "pocket_ledger",
      rows.map(({ id, label, index }) => ({
        pocket_group_id: groupOf(index),
        id,
        token: tokenOf(label),
        merchant_id: idOf("a"),
        phone_number: PHONES[index],
        amount: AMOUNTS[index],
        balance_after: BALANCES_AFTER[index],
        reference: NAMES[index],
        created_at: TIMES[index],
      })),
    );
  });

  /** @returns the labels of the matching rows, in alphabetical order. */
  async function kept(record: RecordName, filter: unknown): Promise<string> {
    const { nodes, totalCount } = await ask(LIST_OF[record], "nodes { id } totalCount", { filter });
    expect(totalCount).toBe(nodes.length);
    const labels = nodes.map(({ id }) => id.at(-1)!).toSorted();
    return labels.join("");
  }

  type Case = readonly [field: string, operator: string, given: unknown, kept: string];

  const ID: Case[] = [
    ["id", "eq", [idOf("a"), idOf("e")], "ae"],
    ["id", "eq", [idOf("b").toUpperCase()], "b"],
    ["id", "eq", ["01900000-0000-7000-8000-000000000000"], NONE],
    ["id", "notEq", [idOf("a"), idOf("f")], "bcde"],
    ["id", "isNull", true, NONE],
    ["id", "isNull", false, ALL],
  ];
  const CREATED_AT: Case[] = [
    ["createdAt", "eq", [T1, T3], "ac"],
    ["createdAt", "eq", ["2024-03-01T03:30:00.000001+03:30"], "a"],
    ["createdAt", "eq", ["2024-03-01T00:00:00Z"], NONE],
    ["createdAt", "notEq", [T2], "acdef"],
    ["createdAt", "gt", T2, "cdef"],
    ["createdAt", "gte", T2, "bcdef"],
    ["createdAt", "lt", T2, "a"],
    ["createdAt", "lte", T2, "ab"],
    ["createdAt", "isNull", true, NONE],
    ["createdAt", "isNull", false, ALL],
  ];
  const UPDATED_AT: Case[] = [
    ["updatedAt", "eq", [T1], "f"],
    ["updatedAt", "notEq", [T1, T2], "abcd"],
    ["updatedAt", "gt", T2, "abcd"],
    ["updatedAt", "gte", T2, "abcde"],
    ["updatedAt", "lt", T2, "f"],
    ["updatedAt", "lte", T2, "ef"],
    ["updatedAt", "isNull", true, NONE],
    ["updatedAt", "isNull", false, ALL],
  ];
  const NAME: Case[] = [
    ["name", "eq", ["café 100%"], "a"],
    ["name", "eq", ["CAFÉ 100%", "Cafe"], "af"],
    ["name", "eq", ["café"], NONE],
    ["name", "eq", ["cafe"], "f"],
    ["name", "eq", ["A_B\\C"], "c"],
    ["name", "eq", ["%"], NONE],
    ["name", "eq", [""], NONE],
    ["name", "notEq", ["CAFÉ 100%"], "bcdef"],
    ["name", "notEq", ["a_b\\c", "AXB/C"], "abef"],
    ["name", "eql", ["Café 100%"], "a"],
    ["name", "eql", ["café 100%"], NONE],
    ["name", "eql", ["Café 100%", "axb/c", "cafe"], "ad"],
    ["name", "notEql", ["café 100%"], ALL],
    ["name", "notEql", ["Café 100%", "Cafe"], "bcde"],
    ["name", "prefix", ["cafÉ"], "ab"],
    ["name", "prefix", ["caf"], "abf"],
    ["name", "prefix", ["a_"], "c"],
    ["name", "prefix", ["a_b\\"], "c"],
    ["name", "prefix", ["%"], NONE],
    ["name", "prefix", ["👛"], "e"],
    ["name", "prefix", ["A_", "CAFE"], "cf"],
    ["name", "prefix", [""], ALL],
    ["name", "notPrefix", ["caf"], "cde"],
    ["name", "notPrefix", ["a_", "👛"], "abdf"],
    ["name", "suffix", ["%"], "a"],
    ["name", "suffix", ["0_"], NONE],
    ["name", "suffix", ["\\C"], "c"],
    ["name", "suffix", ['"X"'], "e"],
    ["name", "suffix", ["100%", "100X"], "ab"],
    ["name", "notSuffix", ["c", "E"], "abe"],
    ["name", "match", ["_"], "c"],
    ["name", "match", ["%"], "a"],
    ["name", "match", ["\\"], "c"],
    ["name", "match", ["\\\\"], NONE],
    ["name", "match", ["'"], "e"],
    ["name", "match", ['"'], "e"],
    ["name", "match", ["o'neil"], "e"],
    ["name", "match", ["É 100"], "ab"],
    ["name", "match", ["👛"], "e"],
    ["name", "match", ["👜"], NONE],
    ["name", "match", ["' or true --", "$1", "100 %"], NONE],
    ["name", "notMatch", ["_", "É"], "def"],
    ["name", "notMatch", ["%"], "bcdef"],
    ["name", "isNull", true, NONE],
    ["name", "isNull", false, ALL],
  ];
  const GROUP_SLUG: Case[] = [
    ["pocketGroupSlug", "eq", ["SHELF-ONE"], "abc"],
    ["pocketGroupSlug", "eq", ["shelf-one", "shelf-two"], ALL],
    ["pocketGroupSlug", "eq", ["box-four"], NONE],
    ["pocketGroupSlug", "notEq", ["Shelf-One"], "def"],
    ["pocketGroupSlug", "eql", ["SHELF-ONE"], NONE],
    ["pocketGroupSlug", "eql", ["shelf-two"], "def"],
    ["pocketGroupSlug", "notEql", ["SHELF-ONE"], ALL],
    ["pocketGroupSlug", "notEql", ["shelf-one"], "def"],
    ["pocketGroupSlug", "prefix", ["SHELF-T"], "def"],
    ["pocketGroupSlug", "notPrefix", ["shelf-t"], "abc"],
    ["pocketGroupSlug", "suffix", ["ONE"], "abc"],
    ["pocketGroupSlug", "notSuffix", ["one", "x"], "def"],
    ["pocketGroupSlug", "match", ["-T"], "def"],
    ["pocketGroupSlug", "match", ["shelf_two"], NONE],
    ["pocketGroupSlug", "notMatch", ["F-O"], "def"],
    ["pocketGroupSlug", "isNull", true, NONE],
    ["pocketGroupSlug", "isNull", false, ALL],
  ];
  const PHONE_NUMBER: Case[] = [
    ["phoneNumber", "eq", ["989120000001"], "ad"],
    ["phoneNumber", "notEq", ["989120000001", "989350000005"], "bcf"],
    ["phoneNumber", "eql", ["989120000002"], "b"],
    ["phoneNumber", "notEql", ["989120000002"], "acdef"],
    ["phoneNumber", "prefix", ["98912", "98935"], "abdef"],
    ["phoneNumber", "notPrefix", ["98912"], "cef"],
    ["phoneNumber", "suffix", ["01"], "acd"],
    ["phoneNumber", "notSuffix", ["1", "2"], "ef"],
    ["phoneNumber", "match", ["30000001", "5"], "cef"],
    ["phoneNumber", "notMatch", ["12"], "cef"],
    ["phoneNumber", "isNull", true, NONE],
    ["phoneNumber", "isNull", false, ALL],
  ];
  const amountCases = (field: string, values: readonly number[]): Case[] => {
    const labels = (isKept: (value: number) => boolean): string =>
      LABELS.filter((_, index) => isKept(values[index]!)).join("");
    return [
      [field, "eq", [1, MAX], labels((value) => [1, MAX].includes(value))],
      [field, "eq", [String(MAX)], labels((value) => value === MAX)],
      [field, "notEq", [1, 10], labels((value) => ![1, 10].includes(value))],
      [field, "gt", 10, labels((value) => value > 10)],
      [field, "gt", MAX - 1, labels((value) => value === MAX)],
      [field, "gt", -MAX, ALL],
      [field, "gte", 10, labels((value) => value >= 10)],
      [field, "gte", String(MAX), labels((value) => value === MAX)],
      [field, "lt", 10, labels((value) => value < 10)],
      [field, "lt", MAX, labels((value) => value < MAX)],
      [field, "lte", 10, labels((value) => value <= 10)],
      [field, "lte", 0, labels((value) => value === 0)],
    ];
  };
  const IS_ACTIVE_CASES: Case[] = [
    ["isActive", "eq", true, "acde"],
    ["isActive", "eq", false, "bf"],
  ];

  const CASES: Record<RecordName, readonly Case[]> = {
    PocketGroup: [
      ...ID,
      ...NAME,
      ...inMilliseconds(CREATED_AT),
      ...inMilliseconds(UPDATED_AT),
      ...IS_ACTIVE_CASES,
      ["slug", "eq", ["SHELF-ONE", "bag-six"], "af"],
      ["slug", "notEq", ["SHELF-ONE"], "bcdef"],
      ["slug", "eql", ["SHELF-ONE", "bag-six"], "f"],
      ["slug", "notEql", ["SHELF-ONE", "bag-six"], "abcde"],
      ["slug", "prefix", ["BOX-", "bag-s"], "cdf"],
      ["slug", "notPrefix", ["BOX-", "bag"], "ab"],
      ["slug", "suffix", ["E", "x"], "acef"],
      ["slug", "notSuffix", ["E", "x"], "bd"],
      ["slug", "match", ["-F"], "de"],
      ["slug", "match", ["b_x"], NONE],
      ["slug", "notMatch", ["B", "-o"], "b"],
      ["slug", "isNull", true, NONE],
      ["slug", "isNull", false, ALL],
      ["currency", "eq", ["usd"], "be"],
      ["currency", "notEq", ["Irr"], "bde"],
      ["currency", "eql", ["usd"], NONE],
      ["currency", "eql", ["USD", "EUR"], "bde"],
      ["currency", "notEql", ["usd", "EUR"], "abcef"],
      ["currency", "prefix", ["u"], "be"],
      ["currency", "notPrefix", ["e", "I"], "be"],
      ["currency", "suffix", ["r"], "acdf"],
      ["currency", "notSuffix", ["R"], "be"],
      ["currency", "match", ["r", "s"], ALL],
      ["currency", "notMatch", ["S"], "acdf"],
      ["currency", "isNull", true, NONE],
      ["currency", "isNull", false, ALL],
      ["phoneNumberRegion", "eq", ["ir"], "ad"],
      ["phoneNumberRegion", "notEq", ["Ir"], "bef"],
      ["phoneNumberRegion", "eql", ["ir", "US"], "e"],
      ["phoneNumberRegion", "notEql", ["ir", "US"], "abdf"],
      ["phoneNumberRegion", "prefix", ["d"], "bf"],
      ["phoneNumberRegion", "notPrefix", ["d", "I"], "e"],
      ["phoneNumberRegion", "suffix", ["s", "r"], "ade"],
      ["phoneNumberRegion", "notSuffix", ["R"], "bef"],
      ["phoneNumberRegion", "match", ["E", "u"], "bef"],
      ["phoneNumberRegion", "notMatch", ["E"], "ade"],
      ["phoneNumberRegion", "isNull", true, "c"],
      ["phoneNumberRegion", "isNull", false, "abdef"],
    ],
    Pocket: [
      ...ID,
      ...GROUP_SLUG,
      ...PHONE_NUMBER,
      ...CREATED_AT,
      ...UPDATED_AT,
      ...amountCases("balance", BALANCES),
      ...amountCases("heldAmount", HELD_AMOUNTS),
      ...amountCases("available", AVAILABLE),
      ["isFrozen", "eq", true, "bcd"],
      ["isFrozen", "eq", false, "aef"],
      ["freezeScope", "eq", ["BOTH", "NONE"], "adef"],
      ["freezeScope", "notEq", ["NONE"], "bcd"],
      ["freezeScope", "prefix", ["C", "de"], "bc"],
      ["freezeScope", "notPrefix", ["n"], "bcd"],
      ["freezeScope", "suffix", ["ITS"], "bc"],
      ["freezeScope", "notSuffix", ["ts"], "adef"],
      ["freezeScope", "match", ["o"], "adef"],
      ["freezeScope", "notMatch", ["o"], "bc"],
      ["freezeScope", "eql", ["BOTH"], "d"],
      ["freezeScope", "notEql", ["BOTH"], "abcef"],
    ],
    PocketCharge: [
      ...ID,
      ...GROUP_SLUG,
      ...PHONE_NUMBER,
      ...CREATED_AT,
      ...amountCases("amount", AMOUNTS),
      ...amountCases("balanceAfter", BALANCES_AFTER),
      ...NAME.map(([, ...rest]): Case => ["reference", ...rest]),
      ["token", "eq", [tokenOf("b"), tokenOf("d").toUpperCase()], "bd"],
      ["token", "eq", [idOf("b")], NONE],
      ["token", "notEq", [tokenOf("b")], "acdef"],
      ["token", "isNull", true, NONE],
      ["token", "isNull", false, ALL],
    ],
    Merchant: [...ID, ...NAME, ...inMilliseconds(CREATED_AT), ...IS_ACTIVE_CASES],
    Employee: [
      ...ID,
      ...NAME,
      ...inMilliseconds(CREATED_AT),
      ...IS_ACTIVE_CASES,
      ["email", "eq", ["A_1@X.COM"], "a"],
      ["email", "notEq", ["A_1@x.com", "o'C@y.org"], "bcef"],
      ["email", "eql", ["A_1@X.COM", "e@y.org"], "e"],
      ["email", "notEql", ["A_1@X.COM", "e@y.org"], "abcdf"],
      ["email", "prefix", ["a_", "E"], "ae"],
      ["email", "notPrefix", ["a"], "cdef"],
      ["email", "suffix", ["Y.org"], "de"],
      ["email", "notSuffix", [".org", ".NET"], "ab"],
      ["email", "match", ["%", "'"], "cd"],
      ["email", "notMatch", ["@X"], "def"],
      ["email", "isNull", true, NONE],
      ["email", "isNull", false, ALL],
    ],
  };

  describe.each(RECORDS)("of %s", (record) => {
    it.each(CASES[record])("by %s %s %j keeps %j", async (field, operator, given, expected) => {
      expect(await kept(record, { [field]: { [operator]: given } })).toBe(expected);
    });
  });

  interface InputField {
    name: string;
    type: { kind: string; inputFields: { name: string; type: { kind: string } }[] | null };
  }

  /** Every condition in the schema for a record: its field, operator and kind of value. Metadata has tests of its own. */
  async function conditionsOf(record: RecordName): Promise<[string, string, string][]> {
    const query = `query ($name: String!) {
      __type(name: $name) {
        inputFields { name type { kind inputFields { name type { kind } } } }
      }
    }`;
    const data = await server.ask<{ __type: { inputFields: InputField[] } }>(
      server.operatorToken,
      query,
      { name: `${record}Filter` },
    );
    return data.__type.inputFields
      .filter(({ name }) => !["and", "or", "not", "metadata"].includes(name))
      .flatMap(({ name, type }) =>
        type.inputFields!.map((operator): [string, string, string] => [
          name,
          operator.name,
          operator.type.kind,
        ]),
      );
  }

  it.each(RECORDS)("of %s has every operator of every field tested above", async (record) => {
    const tested = new Set(CASES[record].map(([field, operator]) => `${field} ${operator}`));
    const conditions = await conditionsOf(record);
    expect(conditions.map(([field, operator]) => `${field} ${operator}`).toSorted()).toEqual(
      [...tested].toSorted(),
    );
  });

  it.each(RECORDS)(
    "of %s matches nothing with an empty list, and every value with a negated one",
    async (record) => {
      const wrong: unknown[] = [];
      const conditions = await conditionsOf(record);
      for (const [field, operator, kind] of conditions) {
        if (kind !== "LIST") continue;
        const labels = await kept(record, { [field]: { [operator]: [] } });
        const mayBeMissing = conditions.some(([name, by]) => name === field && by === "isNull");
        const present = mayBeMissing ? await kept(record, { [field]: { isNull: false } }) : ALL;
        const expected = operator.startsWith("not") ? present : NONE;
        if (labels !== expected) wrong.push([field, operator, labels]);
      }
      expect(wrong).toEqual([]);
    },
  );

  it.each(RECORDS)(
    "of %s refuses null as an operator's value, which would be ambiguous",
    async (record) => {
      for (const [field, operator] of await conditionsOf(record)) {
        const message = new RegExp(`\\bfilter\\.${field}\\.${operator}\\b`);
        const filter = { [field]: { [operator]: null } };
        await expectRefusal(LIST_OF[record], "nodes { id }", { filter }, message);
      }
    },
  );

  it.each(["and", "or", "not", "slug", "isActive"])("refuses null as %s", async (name) => {
    const message = new RegExp(`\\bfilter\\.${name}\\b`);
    await expectRefusal(POCKET_GROUPS, "nodes { id }", { filter: { [name]: null } }, message);
  });

  it("matches everything for a field without operators", async () => {
    expect(await kept("PocketGroup", { slug: {}, id: {}, createdAt: {}, isActive: {} })).toBe(ALL);
  });

  it.each(["", "abc", "1", "\u0000", `${idOf("a")} `, "9".repeat(10_000)])(
    "of ids matches nothing for %j, which no record has",
    async (id) => {
      expect(await kept("PocketGroup", { id: { eq: [id] } })).toBe(NONE);
      expect(await kept("PocketGroup", { id: { eq: [id, idOf("c")] } })).toBe("c");
      expect(await kept("PocketGroup", { id: { notEq: [id] } })).toBe(ALL);
      expect(await kept("PocketCharge", { token: { eq: [id] } })).toBe(NONE);
    },
  );

  it.each(["\u0000", "a\u0000"])(
    "of strings matches nothing for %j, which no string contains",
    async (text) => {
      for (const operator of ["eq", "eql", "prefix", "suffix", "match"]) {
        expect(await kept("PocketGroup", { name: { [operator]: [text] } })).toBe(NONE);
      }
      expect(await kept("PocketGroup", { name: { notMatch: [text] } })).toBe(ALL);
    },
  );

  const IRR = { currency: { eq: ["IRR"] } };
  const ACTIVE = { isActive: { eq: true } };
  const ONE = { slug: { eq: ["shelf-one"] } };

  it.each<[string, unknown, string]>([
    ["nothing", {}, ALL],
    ["two fields", { ...IRR, ...ACTIVE }, "ac"],
    ["two operators of a time", { createdAt: inMilliseconds({ gt: T1, lt: T3 }) }, "b"],
    ["two operators of a text", { name: { prefix: ["caf"], notSuffix: ["%"] } }, "bf"],
    ["and", { and: [IRR, ACTIVE] }, "ac"],
    ["or", { or: [IRR, ACTIVE] }, "acdef"],
    ["not", { not: IRR }, "bde"],
    ["not of two fields", { not: { ...IRR, ...ACTIVE } }, "bdef"],
    ["not of or", { not: { or: [IRR, ACTIVE] } }, "b"],
    ["not of not", { not: { not: IRR } }, "acf"],
    ["and of nothing", { and: [] }, ALL],
    ["or of nothing", { or: [] }, NONE],
    ["or of all", { or: [{}] }, ALL],
    ["not of all", { not: {} }, NONE],
    ["not of nothing", { not: { or: [] } }, ALL],
    ["not of what every row has", { not: { name: { isNull: false } } }, NONE],
    ["or next to a field", { ...ACTIVE, or: [{ slug: { prefix: ["box"] } }, { not: IRR }] }, "cde"],
    ["and next to or and not", { and: [ACTIVE], or: [IRR, ONE], not: ONE }, "c"],
    ["six in a row", { and: [...Array<unknown>(6).fill({ not: { or: [ONE] } }), IRR] }, "cf"],
  ])("of %s matches exactly the described records", async (_, filter, expected) => {
    expect(await kept("PocketGroup", filter)).toBe(expected);
  });

  type Combiner = "and" | "or" | "not";
  const nest = (combiners: readonly Combiner[]): unknown =>
    combiners.reduceRight<unknown>(
      (inner, combiner) => ({ [combiner]: combiner === "not" ? inner : [inner] }),
      ONE,
    );
  const five = (combiner: Combiner): Combiner[] => Array<Combiner>(5).fill(combiner);

  describe.each<[Combiner[], string]>([
    [five("and"), "a"],
    [five("or"), "a"],
    [five("not"), "bcdef"],
    [["and", "or", "not", "and", "or"], "bcdef"],
    [["not", "and", "not", "or", "and"], "a"],
  ])("nested as %j", (combiners, expected) => {
    it("is accepted 5 levels deep", async () => {
      expect(await kept("PocketGroup", nest(combiners))).toBe(expected);
    });

    it.each<Combiner>(["and", "or", "not"])("is refused with one more %s", async (outer) => {
      const filter = nest([outer, ...combiners]);
      await expectRefusal(POCKET_GROUPS, "nodes { id }", { filter }, /\bfilter\b.*\b5\b/s);
      const hidden = { or: [ONE, filter] };
      await expectRefusal(POCKET_GROUPS, "totalCount", { filter: hidden }, /\bfilter\b/);
    });
  });

  const values = <T>(count: number, value: (index: number) => T): T[] =>
    Array.from({ length: count }, (_, index) => value(index));
  it.each<[RecordName, string, string, (index: number) => unknown]>([
    ["PocketGroup", "id", "eq", () => newId()],
    ["PocketGroup", "id", "notEq", () => newId()],
    ["PocketGroup", "slug", "eq", String],
    ["PocketGroup", "name", "eql", String],
    ["PocketGroup", "name", "notMatch", String],
    ["PocketGroup", "currency", "prefix", String],
    ["Pocket", "balance", "eq", (index) => index],
    ["Pocket", "balance", "notEq", (index) => index],
    ["Pocket", "createdAt", "eq", at],
    ["PocketCharge", "token", "eq", () => newId()],
  ])(
    "of %s by %s %s accepts 250 values and refuses 251",
    async (record, field, operator, value) => {
      const filterOf = (count: number): unknown => ({
        [field]: { [operator]: values(count, value) },
      });
      await kept(record, filterOf(250));
      const message = new RegExp(`\\b${operator}\\b`);
      await expectRefusal(LIST_OF[record], "nodes { id }", { filter: filterOf(251) }, message);
      const nested = { not: { and: [filterOf(251)] } };
      await expectRefusal(LIST_OF[record], "totalCount", { filter: nested }, message);
    },
  );
});

describe("aggregates over a list", () => {
  const M = newId();
  const N = newId();
  const P1 = "989120000001";
  const P2 = "989120000002";
  const POCKET_OF_P1 = `pocket(pocketGroupSlug: "book-irr", phoneNumber: "${P1}")`;
  const HUGE: [number, string, string] = [3, "27021597764222973", "9007199254740991.0000"];

  const BUCKETS: [unit: string, timeZone: string, [time: string, start: string][]][] = [
    [
      "HOUR",
      "UTC",
      [
        ["2024-05-05T10:59:59.999999Z", "2024-05-05T10:00:00.000000Z"],
        ["2024-05-05T11:00:00.000000Z", "2024-05-05T11:00:00.000000Z"],
      ],
    ],
    [
      "DAY",
      "UTC",
      [
        ["2024-05-05T23:59:59.999999Z", "2024-05-05T00:00:00.000000Z"],
        ["2024-05-06T00:00:00.000000Z", "2024-05-06T00:00:00.000000Z"],
      ],
    ],
    [
      "WEEK",
      "UTC",
      [
        ["2024-05-05T23:59:59.999999Z", "2024-04-29T00:00:00.000000Z"],
        ["2024-05-06T00:00:00.000000Z", "2024-05-06T00:00:00.000000Z"],
        ["2024-12-31T00:00:00.000000Z", "2024-12-30T00:00:00.000000Z"],
        ["2025-01-05T00:00:00.000000Z", "2024-12-30T00:00:00.000000Z"],
      ],
    ],
    [
      "MONTH",
      "UTC",
      [
        ["2024-02-29T23:59:59.999999Z", "2024-02-01T00:00:00.000000Z"],
        ["2024-03-01T00:00:00.000000Z", "2024-03-01T00:00:00.000000Z"],
      ],
    ],
    [
      "YEAR",
      "UTC",
      [
        ["2024-12-31T23:59:59.999999Z", "2024-01-01T00:00:00.000000Z"],
        ["2025-01-01T00:00:00.000000Z", "2025-01-01T00:00:00.000000Z"],
      ],
    ],
    [
      "HOUR",
      "Asia/Tehran",
      [
        ["2024-05-05T10:29:59.999999Z", "2024-05-05T09:30:00.000000Z"],
        ["2024-05-05T10:30:00.000000Z", "2024-05-05T10:30:00.000000Z"],
        // Summer time begins: 00:00 becomes 01:00.
        ["2021-03-21T20:29:59.999999Z", "2021-03-21T19:30:00.000000Z"],
        ["2021-03-21T20:30:00.000000Z", "2021-03-21T20:30:00.000000Z"],
        // Summer time ends: 24:00 becomes 23:00, so the hour from 23:00 occurs twice.
        ["2021-09-21T19:00:00.000000Z", "2021-09-21T18:30:00.000000Z"],
        ["2021-09-21T20:00:00.000000Z", "2021-09-21T19:30:00.000000Z"],
      ],
    ],
    [
      "DAY",
      "Asia/Tehran",
      [
        ["2024-05-05T20:29:59.999999Z", "2024-05-04T20:30:00.000000Z"],
        ["2024-05-05T20:30:00.000000Z", "2024-05-05T20:30:00.000000Z"],
        // The 23-hour day, which has no midnight.
        ["2021-03-21T20:29:59.999999Z", "2021-03-20T20:30:00.000000Z"],
        ["2021-03-21T20:30:00.000000Z", "2021-03-21T20:30:00.000000Z"],
        ["2021-03-22T19:29:59.999999Z", "2021-03-21T20:30:00.000000Z"],
        ["2021-03-22T19:30:00.000000Z", "2021-03-22T19:30:00.000000Z"],
        // The 25-hour day.
        ["2021-09-20T19:30:00.000000Z", "2021-09-20T19:30:00.000000Z"],
        ["2021-09-21T19:30:00.000000Z", "2021-09-20T19:30:00.000000Z"],
        ["2021-09-21T20:29:59.999999Z", "2021-09-20T19:30:00.000000Z"],
        ["2021-09-21T20:30:00.000000Z", "2021-09-21T20:30:00.000000Z"],
      ],
    ],
    [
      "WEEK",
      "Asia/Tehran",
      [
        ["2024-05-05T20:29:59.999999Z", "2024-04-28T20:30:00.000000Z"],
        ["2024-05-05T20:30:00.000000Z", "2024-05-05T20:30:00.000000Z"],
      ],
    ],
    [
      "MONTH",
      "Asia/Tehran",
      [
        ["2024-04-30T20:29:59.999999Z", "2024-03-31T20:30:00.000000Z"],
        ["2024-04-30T20:30:00.000000Z", "2024-04-30T20:30:00.000000Z"],
      ],
    ],
    [
      "YEAR",
      "Asia/Tehran",
      [
        ["2023-12-31T20:29:59.999999Z", "2022-12-31T20:30:00.000000Z"],
        ["2023-12-31T20:30:00.000000Z", "2023-12-31T20:30:00.000000Z"],
      ],
    ],
    [
      "HOUR",
      "Europe/Amsterdam",
      [
        // Summer time begins: 02:00 becomes 03:00.
        ["2024-03-31T00:59:59.999999Z", "2024-03-31T00:00:00.000000Z"],
        ["2024-03-31T01:00:00.000000Z", "2024-03-31T01:00:00.000000Z"],
        // Summer time ends: 03:00 becomes 02:00, so the hour from 02:00 occurs twice.
        ["2024-10-27T00:30:00.000000Z", "2024-10-27T00:00:00.000000Z"],
        ["2024-10-27T01:30:00.000000Z", "2024-10-27T01:00:00.000000Z"],
        ["2024-10-27T02:00:00.000000Z", "2024-10-27T02:00:00.000000Z"],
      ],
    ],
    [
      "DAY",
      "Europe/Amsterdam",
      [
        ["2024-03-30T22:59:59.999999Z", "2024-03-29T23:00:00.000000Z"],
        ["2024-03-30T23:00:00.000000Z", "2024-03-30T23:00:00.000000Z"],
        ["2024-03-31T21:59:59.999999Z", "2024-03-30T23:00:00.000000Z"],
        ["2024-03-31T22:00:00.000000Z", "2024-03-31T22:00:00.000000Z"],
        ["2024-10-26T22:00:00.000000Z", "2024-10-26T22:00:00.000000Z"],
        ["2024-10-27T22:59:59.999999Z", "2024-10-26T22:00:00.000000Z"],
        ["2024-10-27T23:00:00.000000Z", "2024-10-27T23:00:00.000000Z"],
      ],
    ],
    [
      "WEEK",
      "Europe/Amsterdam",
      [
        ["2024-03-24T23:00:00.000000Z", "2024-03-24T23:00:00.000000Z"],
        ["2024-03-31T21:59:59.999999Z", "2024-03-24T23:00:00.000000Z"],
        ["2024-03-31T22:00:00.000000Z", "2024-03-31T22:00:00.000000Z"],
        ["2024-10-27T22:59:59.999999Z", "2024-10-20T22:00:00.000000Z"],
        ["2024-10-27T23:00:00.000000Z", "2024-10-27T23:00:00.000000Z"],
      ],
    ],
    [
      "MONTH",
      "Europe/Amsterdam",
      [
        ["2024-03-31T21:59:59.999999Z", "2024-02-29T23:00:00.000000Z"],
        ["2024-03-31T22:00:00.000000Z", "2024-03-31T22:00:00.000000Z"],
        ["2024-10-31T22:59:59.999999Z", "2024-09-30T22:00:00.000000Z"],
        ["2024-10-31T23:00:00.000000Z", "2024-10-31T23:00:00.000000Z"],
      ],
    ],
    [
      "YEAR",
      "Europe/Amsterdam",
      [
        ["2024-12-31T22:59:59.999999Z", "2023-12-31T23:00:00.000000Z"],
        ["2024-12-31T23:00:00.000000Z", "2024-12-31T23:00:00.000000Z"],
      ],
    ],
  ];

  /** The balances of the pockets in each group of rials. */
  const RIALS: Record<string, number[]> = {
    thirds: [0, 0, 1],
    "two-thirds": [0, 1, 1],
    "half-up": [1, ...Array<number>(31).fill(0)],
    "half-up-odd": [3, ...Array<number>(31).fill(0)],
    tiny: [1, ...Array<number>(19_999).fill(0)],
    zero: [0],
    huge: [MAX, MAX, MAX],
    "huge-half": [MAX, MAX - 1],
    empty: [],
  };

  useServer(async () => {
    const given = {
      is_active: true,
      default_currency: "USD",
      created_at: at(0),
      updated_at: at(1),
    };
    await insert("merchants", [
      { id: M, name: "M", ...given },
      { id: N, name: "N", ...given },
    ]);
    for (const [slug, balances] of Object.entries(RIALS)) await seedGroup(slug, "IRR", balances);
    await seedGroup("dollars", "USD", [100, 250]);

    // Each amount is one bit, so that a sum shows which rows it contains.
    const irr = await seedGroup("book-irr", "IRR", []);
    const usd = await seedGroup("book-usd", "USD", []);
    await seedCharges(irr, [
      { merchant_id: M, phone_number: P1, amount: 1, created_at: "2024-01-01T10:00:00.000001Z" },
      { merchant_id: N, phone_number: P1, amount: 2, created_at: "2024-01-01T11:00:00Z" },
      { merchant_id: M, phone_number: P2, amount: 4, created_at: "2024-01-02T00:00:00Z" },
    ]);
    await seedCharges(usd, [
      { merchant_id: M, phone_number: P1, amount: 8, created_at: "2024-01-02T23:00:00Z" },
      { merchant_id: N, phone_number: P2, amount: 16, created_at: "2025-01-01T00:00:00.000002Z" },
    ]);
    const clock = await seedGroup("clock", "IRR", []);
    const instants = new Set(BUCKETS.flatMap(([, , cases]) => cases.map(([time]) => time)));
    await seedCharges(
      clock,
      [...instants].map((created_at) => ({
        merchant_id: M,
        phone_number: P1,
        amount: 1,
        created_at,
      })),
    );
    const crowd = await seedGroup("crowd", "IRR", []);
    await seedCharges(
      crowd,
      Array.from({ length: 1001 }, (_, index) => ({
        merchant_id: M,
        phone_number: `98913${String(index).padStart(7, "0")}`,
        amount: index + 1,
        created_at: at(index),
      })),
    );
  });

  async function seedGroup(
    slug: string,
    currency: string,
    balances: readonly number[],
  ): Promise<string> {
    const id = newId();
    const times = { created_at: at(0), updated_at: at(1) };
    await insert("pocket_groups", [{ id, slug, name: slug, currency, is_active: true, ...times }]);
    if (balances.length > 0) {
      await insert(
        "pockets",
        balances.map((balance, index) => ({
          pocket_group_id: id,
          id: newId(),
          phone_number: `98911${String(index).padStart(7, "0")}`,
          balance,
          created_at: at(index % 60),
          updated_at: at(100 + (index % 60)),
        })),
      );
    }
    return id;
  }

  async function seedCharges(
    groupId: string,
    charges: readonly {
      merchant_id: string;
      phone_number: string;
      amount: number;
      created_at: string;
    }[],
  ): Promise<void> {
    const numbers = new Set(charges.map(({ phone_number }) => phone_number));
    await insert(
      "pockets",
      [...numbers].map((phone_number) => ({
        pocket_group_id: groupId,
        id: newId(),
        phone_number,
        balance: 0,
        created_at: at(0),
        updated_at: at(0),
      })),
    );
    await insert(
      "pocket_ledger",
      charges.map((given) => ({
        ...given,
        pocket_group_id: groupId,
        id: newId(),
        token: newId(),
        balance_after: given.amount,
      })),
    );
  }

  const inGroups = (...slugs: string[]): Variables => ({
    filter: { pocketGroupSlug: { eq: slugs } },
  });
  const OF_POCKETS = `aggregate {
    count sum { balance } avg { balance }
    min { balance createdAt updatedAt } max { balance createdAt updatedAt }
  }`;
  const OF_CHARGES = `aggregate {
    count sum { amount } avg { amount } min { amount createdAt } max { amount createdAt }
  }`;

  describe("aggregate", () => {
    it.each<[slugs: string[], count: number, sum: string, avg: string, min: number, max: number]>([
      [["thirds"], 3, "1", "0.3333", 0, 1],
      [["two-thirds"], 3, "2", "0.6667", 0, 1],
      [["half-up"], 32, "1", "0.0313", 0, 1],
      [["half-up-odd"], 32, "3", "0.0938", 0, 3],
      [["tiny"], 20_000, "1", "0.0001", 0, 1],
      [["tiny", "zero"], 20_001, "1", "0.0000", 0, 1],
      [["zero"], 1, "0", "0.0000", 0, 0],
      [["huge"], 3, "27021597764222973", "9007199254740991.0000", MAX, MAX],
      [["huge-half"], 2, "18014398509481981", "9007199254740990.5000", MAX - 1, MAX],
      [["thirds", "two-thirds"], 6, "3", "0.5000", 0, 1],
      [["dollars"], 2, "350", "175.0000", 100, 250],
    ])("is exact over the pockets of %j", async (slugs, count, sum, avg, min, max) => {
      const { aggregate } = await ask(POCKETS, OF_POCKETS, inGroups(...slugs));
      expect(aggregate).toMatchObject({
        count,
        sum: { balance: sum },
        avg: { balance: avg },
        min: { balance: min },
        max: { balance: max },
      });
    });

    it("has the earliest and the latest times, with their microseconds", async () => {
      const { aggregate } = await ask(POCKETS, OF_POCKETS, inGroups("thirds"));
      expect(aggregate.min).toEqual({ balance: 0, createdAt: at(0), updatedAt: at(100) });
      expect(aggregate.max).toEqual({ balance: 1, createdAt: at(2), updatedAt: at(102) });
      const times = "aggregate { min { createdAt } max { createdAt } }";
      expect((await ask(CHARGES, times, inGroups("book-irr", "book-usd"))).aggregate).toEqual({
        min: { createdAt: "2024-01-01T10:00:00.000001Z" },
        max: { createdAt: "2025-01-01T00:00:00.000002Z" },
      });
    });

    it("is null over an empty list, with the count 0", async () => {
      const nothing = { balance: null, createdAt: null, updatedAt: null };
      for (const variables of [inGroups("empty"), inGroups(), inGroups("no-such-group")]) {
        expect((await ask(POCKETS, OF_POCKETS, variables)).aggregate).toEqual({
          count: 0,
          sum: { balance: null },
          avg: { balance: null },
          min: nothing,
          max: nothing,
        });
        expect((await ask(CHARGES, OF_CHARGES, variables)).aggregate).toEqual({
          count: 0,
          sum: { amount: null },
          avg: { amount: null },
          min: { amount: null, createdAt: null },
          max: { amount: null, createdAt: null },
        });
      }
    });

    it("honours the filter and ignores the page and the sort", async () => {
      const filter = { pocketGroupSlug: { eq: ["book-irr"] }, amount: { gt: 1 } };
      const expected = {
        count: 2,
        sum: { amount: "6" },
        avg: { amount: "3.0000" },
        min: { amount: 2, createdAt: "2024-01-01T11:00:00.000000Z" },
        max: { amount: 4, createdAt: "2024-01-02T00:00:00.000000Z" },
      };
      const { nodes } = await ask(CHARGES, "nodes { id }", { filter, first: 1 });
      expect(nodes).toHaveLength(1);
      const { edges } = await ask(CHARGES, "edges { cursor }", { filter });
      for (const variables of [
        {},
        { first: 1 },
        { last: 1 },
        { after: edges[1]!.cursor },
        { page: { number: 2, size: 1 } },
        { page: { number: 99 } },
        { sort: [{ field: "AMOUNT" }] },
      ]) {
        const answer = await ask(CHARGES, `nodes { id } ${OF_CHARGES}`, { filter, ...variables });
        expect(answer.aggregate).toEqual(expected);
      }
    });

    it.each<[List, string, [number, string, string]]>([
      [{ ...POCKETS, parent: 'pocketGroup(slug: "huge")' }, "balance", HUGE],
      [{ ...CHARGES, parent: 'pocketGroup(slug: "book-irr")' }, "amount", [3, "7", "2.3333"]],
      [{ ...CHARGES, parent: POCKET_OF_P1 }, "amount", [2, "3", "1.5000"]],
    ])("is exact in the nested list %j", async (list, money, [count, sum, avg]) => {
      const selection = `aggregate { count sum { ${money} } avg { ${money} } }`;
      expect((await ask(list, selection)).aggregate).toEqual({
        count,
        sum: { [money]: sum },
        avg: { [money]: avg },
      });
    });
  });

  describe("money of several currencies", () => {
    it.each(["sum { balance }", "avg { balance }", "min { balance }", "max { balance }"])(
      "is refused in the %s of pockets",
      async (fields) => {
        const selection = `aggregate { count ${fields} }`;
        for (const variables of [{}, inGroups("thirds", "dollars")]) {
          await expectRefusal(POCKETS, selection, variables, /currenc/i);
        }
      },
    );

    it.each(["sum { amount }", "avg { amount }", "min { amount }", "max { amount }"])(
      "is refused in the %s of charges",
      async (fields) => {
        const variables = inGroups("book-irr", "book-usd");
        await expectRefusal(CHARGES, `aggregate { ${fields} }`, variables, /currenc/i);
      },
    );

    it("does not affect the count and the extremes of timestamps", async () => {
      const selection = "aggregate { count min { createdAt } max { updatedAt } }";
      const variables = inGroups("thirds", "dollars");
      expect((await ask(POCKETS, selection, variables)).aggregate).toEqual({
        count: 5,
        min: { createdAt: at(0) },
        max: { updatedAt: at(102) },
      });
    });

    it.each<[string, unknown, string]>([
      ["the group", { pocketGroupSlug: { eq: ["book-usd"] } }, "24"],
      ["the time", { createdAt: { gt: "2024-01-02T00:00:00Z" } }, "24"],
      ["the amount", { pocketGroupSlug: { prefix: ["book"] }, amount: { lt: 8 } }, "7"],
    ])("is computed when a filter by %s leaves one currency", async (_, filter, sum) => {
      const bookGroups = { and: [{ pocketGroupSlug: { prefix: ["book"] } }, filter] };
      const { aggregate } = await ask(CHARGES, "aggregate { sum { amount } }", {
        filter: bookGroups,
      });
      expect(aggregate).toEqual({ sum: { amount: sum } });
    });

    it.each(["[MERCHANT]", "[PHONE_NUMBER]", "[MERCHANT, PHONE_NUMBER]"])(
      "is refused in groups by %s that have several",
      async (keys) => {
        const selection = `groupBy(keys: ${keys}) { aggregate { sum { amount } } }`;
        // Merchant M and the first number have charges in both rials and dollars.
        await expectRefusal(CHARGES, selection, inGroups("book-irr", "book-usd"), /currenc/i);
      },
    );

    it("is computed in groups with one currency each, without a currency key", async () => {
      const filter = { pocketGroupSlug: { prefix: ["book"] }, amount: { gt: 2 } };
      const selection = `groupBy(keys: [PHONE_NUMBER, MERCHANT]) {
        key { phoneNumber merchant { name } } aggregate { sum { amount } }
      }`;
      const { groupBy } = await ask(CHARGES, selection, { filter });
      expect(summaryOf(groupBy)).toEqual(
        [
          [{ phoneNumber: P1, merchant: { name: "M" } }, { sum: { amount: "8" } }],
          [{ phoneNumber: P2, merchant: { name: "M" } }, { sum: { amount: "4" } }],
          [{ phoneNumber: P2, merchant: { name: "N" } }, { sum: { amount: "16" } }],
        ].map((entry) => JSON.stringify(entry)),
      );
    });
  });

  /** Sorts the groups, so that their order does not matter. */
  function summaryOf(groups: readonly Grouping[]): string[] {
    return groups.map(({ key, aggregate }) => JSON.stringify([key, aggregate])).toSorted();
  }

  describe("groupBy", () => {
    const bookGroups = inGroups("book-irr", "book-usd");
    const rials = inGroups("book-irr");
    const IRR = { currency: "IRR" };
    const USD = { currency: "USD" };
    const named = (name: string): object => ({ merchant: { name } });
    const group = (slug: string): object => ({ pocketGroup: { slug } });
    const day = (date: string): object => ({ createdAt: `${date}T00:00:00.000000Z` });
    const KEY = "key { pocketGroup { slug } currency merchant { name } phoneNumber createdAt }";
    const NO_KEYS = {
      pocketGroup: null,
      currency: null,
      merchant: null,
      phoneNumber: null,
      createdAt: null,
    };
    const DAY = ", bucket: { unit: DAY }";
    const YEAR = ", bucket: { unit: YEAR }";

    it.each<[string, Variables, [object, number, string][]]>([
      [
        "[CURRENCY]",
        bookGroups,
        [
          [IRR, 3, "7"],
          [USD, 2, "24"],
        ],
      ],
      [
        "[POCKET_GROUP]",
        bookGroups,
        [
          [group("book-irr"), 3, "7"],
          [group("book-usd"), 2, "24"],
        ],
      ],
      [
        "[MERCHANT]",
        rials,
        [
          [named("M"), 2, "5"],
          [named("N"), 1, "2"],
        ],
      ],
      [
        "[PHONE_NUMBER]",
        rials,
        [
          [{ phoneNumber: P1 }, 2, "3"],
          [{ phoneNumber: P2 }, 1, "4"],
        ],
      ],
      [
        `[CREATED_AT]${DAY}`,
        rials,
        [
          [day("2024-01-01"), 2, "3"],
          [day("2024-01-02"), 1, "4"],
        ],
      ],
      [
        "[CURRENCY, MERCHANT]",
        bookGroups,
        [
          [{ ...IRR, ...named("M") }, 2, "5"],
          [{ ...IRR, ...named("N") }, 1, "2"],
          [{ ...USD, ...named("M") }, 1, "8"],
          [{ ...USD, ...named("N") }, 1, "16"],
        ],
      ],
      [
        `[CREATED_AT, POCKET_GROUP]${DAY}`,
        bookGroups,
        [
          [{ ...day("2024-01-01"), ...group("book-irr") }, 2, "3"],
          [{ ...day("2024-01-02"), ...group("book-irr") }, 1, "4"],
          [{ ...day("2024-01-02"), ...group("book-usd") }, 1, "8"],
          [{ ...day("2025-01-01"), ...group("book-usd") }, 1, "16"],
        ],
      ],
      [
        `[POCKET_GROUP, CURRENCY, MERCHANT, PHONE_NUMBER, CREATED_AT]${YEAR}`,
        rials,
        [
          [row("M", P1), 1, "1"],
          [row("N", P1), 1, "2"],
          [row("M", P2), 1, "4"],
        ],
      ],
      ["[CURRENCY]", inGroups("empty"), []],
    ])("of charges by %s has a group for each value, with its sum", async (keys, given, groups) => {
      const selection = `groupBy(keys: ${keys}) { ${KEY} aggregate { count sum { amount } } }`;
      const { groupBy } = await ask(CHARGES, selection, given);
      expect(summaryOf(groupBy)).toEqual(
        groups
          .map(([key, count, sum]) =>
            JSON.stringify([
              { ...NO_KEYS, ...key },
              { count, sum: { amount: sum } },
            ]),
          )
          .toSorted(),
      );
    });

    function row(merchant: string, phoneNumber: string): object {
      return {
        ...IRR,
        ...group("book-irr"),
        ...named(merchant),
        phoneNumber,
        ...day("2024-01-01"),
      };
    }

    it("of pockets accepts every key", async () => {
      const selection = `
        byGroup: groupBy(keys: [POCKET_GROUP]) {
          key { pocketGroup { slug } currency } aggregate { count max { balance } }
        }
        byCurrency: groupBy(keys: [CURRENCY]) {
          key { pocketGroup { slug } currency } aggregate { count avg { balance } }
        }
        byTime: groupBy(keys: [CREATED_AT, CURRENCY], bucket: { unit: HOUR }) {
          key { createdAt currency } aggregate { count }
        }`;
      const answer = (await ask(POCKETS, selection, inGroups("thirds", "dollars"))) as unknown as {
        byGroup: Grouping[];
        byCurrency: Grouping[];
        byTime: Grouping[];
      };
      expect(answer.byGroup).toHaveLength(2);
      expect(answer.byGroup).toEqual(
        expect.arrayContaining([
          { key: { ...group("thirds"), currency: null }, aggregate: group3(3, { max: 1 }) },
          { key: { ...group("dollars"), currency: null }, aggregate: group3(2, { max: 250 }) },
        ]),
      );
      expect(answer.byCurrency).toEqual([
        { key: { pocketGroup: null, ...IRR }, aggregate: { count: 3, avg: { balance: "0.3333" } } },
        {
          key: { pocketGroup: null, ...USD },
          aggregate: { count: 2, avg: { balance: "175.0000" } },
        },
      ]);
      expect(answer.byTime).toEqual([
        { key: { createdAt: at(0), ...IRR }, aggregate: { count: 3 } },
        { key: { createdAt: at(0), ...USD }, aggregate: { count: 2 } },
      ]);
    });

    function group3(count: number, { max }: { max: number }): object {
      return { count, max: { balance: max } };
    }

    it("has its groups in the order of their keys", async () => {
      const selection = `
        times: groupBy(keys: [CREATED_AT], bucket: { unit: DAY }) { key { createdAt } }
        numbers: groupBy(keys: [PHONE_NUMBER]) { key { phoneNumber } }`;
      const filter = { amount: { lte: 500 }, pocketGroupSlug: { eq: ["crowd", "clock"] } };
      const { times, numbers } = (await ask(CHARGES, selection, { filter })) as unknown as Record<
        string,
        Grouping[]
      >;
      const values = (groups: Grouping[] | undefined, key: string): unknown[] =>
        groups!.map((grouping) => grouping.key[key]);
      expect(values(times, "createdAt").length).toBeGreaterThan(10);
      expect(values(times, "createdAt")).toEqual(values(times, "createdAt").toSorted());
      expect(values(numbers, "phoneNumber")).toHaveLength(501);
      expect(values(numbers, "phoneNumber")).toEqual(values(numbers, "phoneNumber").toSorted());
    });

    it("honours the filter and ignores the page", async () => {
      const selection = "nodes { id } groupBy(keys: [MERCHANT]) { aggregate { count } }";
      const filter = { pocketGroupSlug: { eq: ["book-irr"] }, phoneNumber: { eq: [P1] } };
      for (const page of [{ first: 1 }, { last: 1 }, { page: { number: 9, size: 1 } }]) {
        const { groupBy } = await ask(CHARGES, selection, { filter, ...page });
        expect(groupBy).toEqual([{ aggregate: { count: 1 } }, { aggregate: { count: 1 } }]);
      }
    });

    it.each<[List, [string, string][]]>([
      [
        { ...CHARGES, parent: 'pocketGroup(slug: "book-irr")' },
        [
          [P1, "3"],
          [P2, "4"],
        ],
      ],
      [{ ...CHARGES, parent: POCKET_OF_P1 }, [[P1, "3"]]],
    ])("is of the parent's records alone in the nested list %j", async (list, groups) => {
      const selection =
        "groupBy(keys: [PHONE_NUMBER]) { key { phoneNumber } aggregate { sum { amount } } }";
      expect((await ask(list, selection)).groupBy).toEqual(
        groups.map(([phoneNumber, amount]) => ({
          key: { phoneNumber },
          aggregate: { sum: { amount } },
        })),
      );
    });

    it.each(BUCKETS)("buckets time by the %s of %s", async (unit, timeZone, cases) => {
      const filter = {
        pocketGroupSlug: { eq: ["clock"] },
        createdAt: { eq: cases.map(([time]) => time) },
      };
      const selection = `groupBy(
        keys: [CREATED_AT], bucket: { unit: ${unit}, timeZone: "${timeZone}" }
      ) { key { createdAt } aggregate { count } }`;
      const counts = new Map<string, number>();
      for (const [, start] of cases) counts.set(start, (counts.get(start) ?? 0) + 1);
      const expected = [...counts]
        .map(([createdAt, count]) => ({ key: { createdAt }, aggregate: { count } }))
        .toSorted((a, b) => (a.key.createdAt < b.key.createdAt ? -1 : 1));
      expect((await ask(CHARGES, selection, { filter })).groupBy).toEqual(expected);
    });

    it("buckets time by UTC by default", async () => {
      const selection = `
        byZone: groupBy(keys: [CREATED_AT], bucket: { unit: DAY, timeZone: "UTC" }) {
          key { createdAt }
        }
        byDefault: groupBy(keys: [CREATED_AT], bucket: { unit: DAY }) { key { createdAt } }`;
      const answer = (await ask(CHARGES, selection, inGroups("clock"))) as unknown as Record<
        string,
        Grouping[]
      >;
      expect(answer["byZone"]!.length).toBeGreaterThan(10);
      expect(answer["byDefault"]).toEqual(answer["byZone"]);
    });

    it("accepts every time zone", async () => {
      const zones = Intl.supportedValuesOf("timeZone");
      const filter = { pocketGroupSlug: { eq: ["book-irr"] } };
      const tried = oneIn(8, zones);
      for (let from = 0; from < tried.length; from += 40) {
        const aliases = tried.slice(from, from + 40).map(
          (timeZone, index) => `zone${String(index)}: groupBy(
            keys: [CREATED_AT], bucket: { unit: YEAR, timeZone: "${timeZone}" }
          ) { aggregate { count } }`,
        );
        await ask(CHARGES, aliases.join("\n"), { filter });
      }
      expect(zones.length).toBeGreaterThan(400);
    });

    it("can be selected several times in one request with different fields", async () => {
      const aliases = `
        one: groupBy(keys: [CURRENCY]) { key { currency } aggregate { count } }
        two: groupBy(keys: [CURRENCY]) { key { currency } aggregate { sum { amount } } }
        three: groupBy(keys: [POCKET_GROUP]) { key { pocketGroup { slug } } }
        four: groupBy(keys: [CURRENCY]) { key { currency } aggregate { sum { amount } } }`;
      const one = [{ key: IRR, aggregate: { count: 3 } }];
      const two = [{ key: IRR, aggregate: { sum: { amount: "7" } } }];
      const expected = { one, two, three: [{ key: group("book-irr") }], four: two };
      expect(await ask(CHARGES, aliases, rials)).toEqual(expected);
      const nested = { ...CHARGES, parent: 'pocketGroup(slug: "book-irr")' };
      expect(await ask(nested, aliases)).toEqual(expected);
    });

    it("answers 1,000 groups and refuses 1,001", async () => {
      const selection = "groupBy(keys: [PHONE_NUMBER]) { key { phoneNumber } aggregate { count } }";
      const upTo = (amount: number): Variables => ({
        filter: { pocketGroupSlug: { eq: ["crowd"] }, amount: { lte: amount } },
      });
      expect((await ask(CHARGES, selection, upTo(1000))).groupBy).toHaveLength(1000);
      await expectRefusal(CHARGES, selection, upTo(1001), /1,?000/);
    });

    it.each<[string, RegExp]>([
      ["keys: []", /\bkeys\b/],
      ["keys: [CREATED_AT]", /\bbucket\b/],
      ["keys: [CURRENCY, CREATED_AT]", /\bbucket\b/],
      ["keys: [CURRENCY], bucket: { unit: DAY }", /\bbucket\b/],
      ...[
        "Mars/Olympus",
        "",
        " ",
        "ABC5",
        "+03:30",
        "UTC+3",
        "IST",
        "AET",
        "'; drop table x; --",
      ].map((zone): [string, RegExp] => [
        `keys: [CREATED_AT], bucket: { unit: DAY, timeZone: "${zone}" }`,
        /\btimeZone\b/,
      ]),
    ])("is BAD_USER_INPUT with %s", async (args, message) => {
      for (const list of [POCKETS, CHARGES]) {
        const selection = `groupBy(${args}) { aggregate { count } }`;
        await expectRefusal(list, selection, inGroups("thirds", "book-irr"), message);
        await expectRefusal(list, selection, inGroups("empty"), message);
      }
    });
  });
});
