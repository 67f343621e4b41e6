import { expect, it } from "vitest";
import { DistributionError, distribute } from "../../src/citus/distribute.js";
import { createDatabaseUrl } from "../support/database.js";

it("npm run distribute reports what a database without Citus lacks, and changes nothing", async () => {
  const url = await createDatabaseUrl("empty");
  const lines: string[] = [];
  const distributing = distribute(url, { shards: 4, report: (line) => lines.push(line) });
  await expect(distributing).rejects.toThrow(DistributionError);
  await expect(distributing).rejects.toThrow(/has no Citus.*create extension citus/);
  expect(lines).toEqual([]);
});
