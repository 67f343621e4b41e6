import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refusalOfUrl } from "../../../src/webhooks/webhook-url.js";

const NOT_ON_THE_INTERNET = /^url cannot have the host .*: this server sends only to hosts/;

/** One address of each kind that is not a host's on the internet, in all spellings that URLs have. */
const INTERNAL_HOSTS = [
  ...["127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]"],
  ...["localhost", "LOCALHOST", "localhost.", "api.localhost"],
  ...["10.0.0.1", "172.16.0.1", "192.168.1.1", "[::ffff:10.0.0.1]", "[fc00::1]", "[fec0::1]"],
  ...["169.254.169.254", "[fe80::1]", "[fd00:ec2::254]", "100.100.100.200", "168.63.129.16"],
  ...["100.64.0.1", "0.0.0.0", "[::]", "224.0.0.1", "[ff02::1]", "255.255.255.255", "240.0.0.1"],
  ...["192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.0.0.192", "[2001:db8::1]"],
  ...["[64:ff9b::10.0.0.1]", "[64:ff9b:1::1]", "[2002:a00:1::]", "[2001::1]", "[100::1]"],
  ...["[::10.0.0.1]", "[::8.8.8.8]", "[::ffff:0:10.0.0.1]", "[4000::1]"],
];

describe("refusalOfUrl", () => {
  it("accepts https URLs of names and of addresses on the internet", () => {
    const hosts = [
      "example.com",
      "a.example.com:8443",
      "8.8.8.8",
      "[2606:4700::1111]",
      "localhost.run",
    ];
    for (const host of hosts) expect(refusalOfUrl(`https://${host}/hooks?a=1`, [])).toBeNull();
  });

  it.each(INTERNAL_HOSTS)("refuses the host %s", (host) => {
    expect(refusalOfUrl(`https://${host}/`, [])).toMatch(NOT_ON_THE_INTERNET);
  });

  it("accepts addresses of allowed networks, also over plain http", () => {
    const networks = ["10.1.0.0/16", "fd00::/64"];
    for (const host of ["10.1.2.3", "[::ffff:10.1.2.3]", "[fd00::1]"]) {
      expect(refusalOfUrl(`https://${host}/`, networks)).toBeNull();
      expect(refusalOfUrl(`http://${host}/`, networks)).toBeNull();
    }
    for (const host of ["10.2.0.1", "[fd00:0:0:1::1]", "localhost"])
      expect(refusalOfUrl(`https://${host}/`, networks)).toMatch(NOT_ON_THE_INTERNET);
  });

  it("refuses plain http to addresses outside the allowed networks", () => {
    expect(refusalOfUrl("http://8.8.8.8/", ["10.0.0.0/8"])).toMatch(NOT_ON_THE_INTERNET);
    expect(refusalOfUrl("http://example.com/", [])).toBe("url must start with https://.");
    // The addresses of the name are checked when the server connects.
    expect(refusalOfUrl("http://receiver.internal/", ["10.0.0.0/8"])).toBeNull();
  });

  it("refuses other schemes, credentials, and what is no URL", () => {
    expect(refusalOfUrl("ftp://example.com/", ["10.0.0.0/8"])).toBe(
      "url must start with https://.",
    );
    expect(refusalOfUrl("https://user@example.com/", [])).toMatch(/user name/);
    expect(refusalOfUrl("https://:secret@example.com/", [])).toMatch(/password/);
    expect(refusalOfUrl("example.com", [])).toMatch(/must be a URL/);
    expect(refusalOfUrl(`https://example.com/${"a".repeat(2_000)}`, [])).toMatch(/at most 2,000/);
  });

  it("refuses every private IPv4 address, however IPv6 embeds it", () => {
    const prefixes = ["::ffff:", "64:ff9b::", "::", "::ffff:0:"];
    const address = fc.tuple(fc.constant(10), fc.nat(255), fc.nat(255), fc.nat(255));
    fc.assert(
      fc.property(address, fc.constantFrom(...prefixes), (bytes, prefix) => {
        expect(refusalOfUrl(`https://[${prefix}${bytes.join(".")}]/`, [])).toMatch(
          NOT_ON_THE_INTERNET,
        );
      }),
    );
  });
});
