import { describe, expect, it } from "vitest";
import { addressBlockOf } from "../../../src/rate-limits/address-block.js";

describe("addressBlockOf", () => {
  it.each([
    ["203.0.113.7", "203.0.113.7"],
    ["203.0.113.7:51234", "203.0.113.7"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["::FFFF:cb00:7107", "203.0.113.7"],
    ["[::ffff:203.0.113.7]:443", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:DB8:1:2::1", "2001:db8:1:2::/64"],
    ["[2001:0db8:0001:0002::9]:443", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["::", "0:0:0:0::/64"],
    ["1:2:3:4:5:6:7::", "1:2:3:4::/64"],
    ["Unknown", "unknown"],
    ["", ""],
  ])("converts %j to %j", (address, block) => {
    expect(addressBlockOf(address)).toBe(block);
  });

  it("shortens a string that is not an address to the length of one", () => {
    expect(addressBlockOf("x".repeat(10_000))).toHaveLength(64);
  });
});
