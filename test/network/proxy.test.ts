/** HTTPS_PROXY and NO_PROXY are understood as curl does, and a mistake is named without a word of the value. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type ProxyProblem, readProxy, usesProxy } from "../../src/network/proxy.ts";

function proxyOf(address: string) {
  const read = readProxy({ HTTPS_PROXY: address });
  assert.ok(read.ok, JSON.stringify(read));
  assert.ok(read.proxy);
  return read.proxy;
}

const basic = (credentials: string) => `Basic ${Buffer.from(credentials).toString("base64")}`;

test("an address without a scheme is an HTTP proxy, as in curl", () => {
  const { protocol, hostname, port, authorization } = proxyOf("proxy.internal:3128");
  assert.deepEqual([protocol, hostname, port, authorization], ["http:", "proxy.internal", 3128, undefined]);
  assert.equal(proxyOf("https://proxy.internal").port, 443);
  assert.equal(proxyOf("user:pw@proxy.internal:3128").authorization, basic("user:pw"));
});

test("credentials are decoded, and an @ in the password needs no encoding", () => {
  assert.equal(proxyOf("http://us%40er:p%23a%2Fss@proxy:3128").authorization, basic("us@er:p#a/ss"));
  assert.equal(proxyOf("http://user:p@ss@proxy:3128").authorization, basic("user:p@ss"));
  assert.equal(proxyOf("http://user:p@ss@proxy:3128").hostname, "proxy");
});

const mistakes: [address: string, problem: ProxyProblem][] = [
  ["http://user:hun#ter2@proxy:3128", "encoding"],
  ["http://user:12#34@proxy:3128", "encoding"],
  ["http://user:hun/ter2@proxy:3128", "encoding"],
  ["user:hun?ter2@proxy:3128", "encoding"],
  ["http://user:hunter%zz@proxy:3128", "encoding"],
  ["http://proxy:99999", "port"],
  ["http://proxy:0", "port"],
  ["proxy:http", "port"],
  ["http://proxy:3128x", "port"],
  ["socks5://proxy:1080", "scheme"],
  ["http://proxy:3128/path", "address"],
  ["http://", "address"],
];
for (const [address, problem] of mistakes) {
  test(`${address} is refused for its ${problem}`, () => {
    assert.deepEqual(readProxy({ HTTPS_PROXY: address }), { ok: false, variable: "HTTPS_PROXY", problem });
  });
}

test("the lower-case variable wins, and an empty one counts as not set", () => {
  const read = readProxy({ https_proxy: "lower:1", HTTPS_PROXY: "upper:2" });
  assert.equal(read.ok && read.proxy?.hostname, "lower");
  assert.deepEqual(readProxy({ https_proxy: "", HTTPS_PROXY: " " }), { ok: true, proxy: undefined, secrets: [] });
});

const ways: [noProxy: string, url: string, isProxied: boolean][] = [
  ["", "https://slack.com", true],
  ["slack.com", "https://slack.com", false],
  ["slack.com", "https://files.slack.com", false],
  ["slack.com", "https://notslack.com", true],
  [".slack.com", "wss://wss-primary.slack.com/link", false],
  ["*.slack.com", "https://slack.com", true],
  ["*.slack.com", "https://files.slack.com", false],
  ["*", "https://slack.com", false],
  ["example.org, SLACK.com", "https://slack.com", false],
  ["slack.com:443", "https://slack.com", false],
  ["slack.com:8443", "https://slack.com", true],
  ["10.0.0.7", "https://10.0.0.7", false],
  ["[fd00::1]:443", "https://[fd00::1]", false],
  ["[fd00::1]:8443", "https://[fd00::1]", true],
  ["[fd00::1]", "https://[fd00::1]", false],
  ["2001:db8::10", "https://[2001:db8::10]", false],
  ["2001:DB8::10", "https://[2001:db8::10]:8443", false],
  ["2001:db8::443", "https://[2001:db8::]", true],
  ["fd00::1, 2001:db8::10", "https://[2001:db8::10]", false],
  ["", "http://127.0.0.1:3000", false],
  ["", "http://localhost:3000", false],
  ["", "http://[::1]:3000", false],
];
for (const [noProxy, url, isProxied] of ways) {
  test(`with NO_PROXY=${JSON.stringify(noProxy)}, ${url} goes ${isProxied ? "through the proxy" : "directly"}`, () => {
    assert.equal(usesProxy({ noProxy }, new URL(url)), isProxied);
  });
}
