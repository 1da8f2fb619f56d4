/** When the keys of WeChat Pay change: after what was found has stood still, and WeChat Pay has accepted it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import type { CallResult } from "../../src/domain/attempt-result.ts";
import { createKeyRotation } from "../../src/jobs/key-rotation.ts";

const accepted: CallResult = { kind: "accepted", status: 404 };
const refused: CallResult = { kind: "refused", fault: "sign-key", status: 401 };
const unreachable: CallResult = { kind: "unreachable", why: "timeout", mayHaveActed: false };

/** A rotation on a clock that moves by polls; `polled` resolves when the next wait begins. */
function rotating({ isWatching = true } = {}) {
  const files = { text: "old", result: accepted, problems: [] as string[] };
  const used: string[] = [];
  const lines: string[] = [];
  let endSleep = () => {};
  let begun = Promise.withResolvers<void>();
  const rotation = createKeyRotation<string>({
    fingerprint: () => files.text,
    read: () => (files.problems.length > 0 ? { ok: false, problems: files.problems } : { ok: true, keys: files.text }),
    check: async () => files.result,
    explain: () => "what to do",
    use: (keys) => used.push(keys),
    isWatching,
    clock: {
      now: () => 0,
      monotonic: () => 0,
      sleep(_, signal) {
        const { promise, resolve } = Promise.withResolvers<void>();
        endSleep = resolve;
        signal?.addEventListener("abort", () => resolve());
        begun.resolve();
        return promise;
      },
    },
    log: pino({ base: null, timestamp: false }, { write: (line) => lines.push(JSON.parse(line).msg) }),
  });
  const waits = async (act: () => void) => {
    begun = Promise.withResolvers();
    act();
    await begun.promise;
  };
  return {
    files,
    used,
    lines,
    rotation,
    started: () => waits(() => rotation.start()),
    poll: () => waits(() => endSleep()),
    reload: () => waits(() => rotation.reload()),
  };
}

test("a change is used once it is unchanged for one poll", async () => {
  const { files, used, rotation, started, poll } = rotating();
  await started();
  files.text = "half";
  await poll();
  files.text = "new";
  await poll();
  assert.deepEqual(used, []);
  await poll();
  await poll();
  assert.deepEqual(used, ["new"]);
  await rotation.stop();
});

test("without files nothing is watched, and a reload reports it", async () => {
  const { used, lines, rotation, started, reload } = rotating({ isWatching: false });
  await started();
  await reload();
  assert.deepEqual([used, lines], [[], ["the WeChat Pay keys have not changed"]]);
  await rotation.stop();
});

for (const [what, spoil] of [
  ["settings that are wrong", { problems: ["WECHATPAY_PRIVATE_KEY is empty."] }],
  ["keys that WeChat Pay refuses", { result: refused }],
] as const)
  test(`${what} are reported once, and used once they are valid`, async () => {
    const { files, used, lines, rotation, started, poll, reload } = rotating();
    await started();
    Object.assign(files, { text: "new" }, spoil);
    for (let nth = 0; nth < 5; nth++) await poll();
    assert.deepEqual(used, []);
    assert.equal(lines.filter((line) => line.startsWith("the new keys of WeChat Pay are wrong")).length, 1);
    Object.assign(files, { result: accepted, problems: [] });
    await reload();
    assert.deepEqual(used, ["new"]);
    await rotation.stop();
  });

/** None of these says anything about the keys. */
const inconclusive: readonly CallResult[] = [
  unreachable,
  { kind: "refused", fault: "server-error", status: 503 },
  { kind: "refused", fault: "rate-limited", status: 429 },
  // WeChat Pay asks for a longer wait than the bot makes.
  { kind: "refused", fault: "rate-limited", status: 429, retryAfterMs: 3_600_000, retryAt: 3_600_000 },
  { kind: "refused", fault: "server-error", status: 503, retryAfterMs: 3_600_000, retryAt: 3_600_000 },
  { kind: "refused", fault: "sign-clock", status: 401 },
  // A firewall's page.
  { kind: "refused", fault: "unknown", status: 403 },
  { kind: "unverified", why: "missing", status: 200 },
  { kind: "unverified", why: "stale", status: 200 },
  { kind: "unverified", why: "wrong-body", status: 200 },
  { kind: "unverified", why: "wrong-signature", status: 200, probe: true },
];

for (const result of inconclusive)
  test(`after ${JSON.stringify(result)}, the bot checks the new keys again automatically`, async () => {
    const { files, used, lines, rotation, started, poll } = rotating();
    await started();
    Object.assign(files, { text: "new", result });
    for (let nth = 0; nth < 3; nth++) await poll();
    assert.deepEqual(used, []);
    assert.ok(lines.length > 0 && lines.every((line) => line.startsWith("WeChat Pay could not check the new keys")));
    files.result = accepted;
    await poll();
    assert.deepEqual(used, ["new"]);
    await rotation.stop();
  });

const conclusive: readonly CallResult[] = [
  { kind: "refused", fault: "sign-serial", status: 401 },
  { kind: "refused", fault: "param-other", status: 400 },
  { kind: "unverified", why: "wrong-signature", status: 200 },
  { kind: "unverified", why: "unknown-serial", status: 404 },
];

for (const result of conclusive)
  test(`${JSON.stringify(result)} means that the new keys are wrong`, async () => {
    const { files, used, lines, rotation, started, poll } = rotating();
    await started();
    Object.assign(files, { text: "new", result });
    for (let nth = 0; nth < 4; nth++) await poll();
    assert.deepEqual(used, []);
    assert.deepEqual(lines, [
      "the new keys of WeChat Pay are wrong; the bot keeps the current keys until the files are corrected; do not restart it before",
    ]);
    await rotation.stop();
  });
