import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  DataFolderNameError,
  PostgresCluster,
} from "../../src/embedded-postgres/postgres-cluster.js";
import { DataFolder } from "../support/process.js";

describe("a data folder", () => {
  it("with $HOME in its path is refused, because a shell would expand it", async () => {
    const folder = await DataFolder.forTest();
    const path = join(dirname(folder.path), "with $HOME");
    const program = folder.launch("main", { DATA_DIR: path });
    expect(await program.ended()).toBe(1);
    expect(program.stderr).toContain(`The data folder ${path} cannot be used`);
    expect(program.stderr).not.toContain("    at ");
    expect(existsSync(path)).toBe(false);
  });

  it.each(['with "quotes"', "with `id`", "with \\", "with a line\nbreak"])(
    "%j in its path is refused as well",
    async (name) => {
      const folder = await DataFolder.forTest();
      const path = join(dirname(folder.path), name);
      await expect(new PostgresCluster(path, []).open()).rejects.toThrow(DataFolderNameError);
      expect(existsSync(path)).toBe(false);
    },
  );
});
