/** When platform certificates are fetched, stored and used, on virtual time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import type {
  EncryptedCertificate,
  KeyCheckResult,
  PlatformCertificate,
} from "../../src/domain/platform-certificates/platform-certificates.ts";
import { createPlatformCertificates } from "../../src/jobs/platform-certificates.ts";
import type { StoredCertificates } from "../../src/ledger/instances/certificate-store.ts";

const accepted: KeyCheckResult = { kind: "accepted", status: 200 };
const unreachable: KeyCheckResult = { kind: "unreachable", why: "timeout", mayHaveActed: false };
const none: KeyCheckResult = { kind: "certificates", why: "none" };

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const startedAt = Date.UTC(2026, 10, 28);

function certificate(serialNo: string, { validFrom = 0, expiresAt = startedAt + 1_000 * 24 * hourMs } = {}) {
  const encrypted = { serialNo, nonce: "n", associatedData: "certificate", ciphertext: "authentic" };
  return { serialNo, validFrom, expiresAt, encrypted };
}
const [old, next] = [certificate("01"), certificate("02")];

/** One instance on a clock that moves only as the test says; `ledger` can be shared. */
function instance({ ledger = { row: undefined as StoredCertificates | undefined, isAway: false }, isOn = true } = {}) {
  const weChatPay = { result: unreachable, certificates: [] as PlatformCertificate[] };
  const fetches: number[] = [];
  const lines: string[] = [];
  let used: string[] = [];
  const uses: { at: number; used: string[] }[] = [];
  const known = new Map<string, PlatformCertificate>([old, next].map((each) => [each.serialNo, each]));
  let now = startedAt;
  let sleep: { until: number; end(): void } | undefined;
  let begun = Promise.withResolvers<void>();
  const job = createPlatformCertificates({
    isOn: () => isOn,
    stored: {
      read: async () => ledger.row,
      async write(row) {
        if (ledger.isAway) throw new Error("the ledger is away");
        ledger.row = row;
      },
    },
    open: (encrypted: EncryptedCertificate) =>
      encrypted.ciphertext === "authentic" ? known.get(encrypted.serialNo) : undefined,
    isNamed: ({ serialNo }, asked) => Number(serialNo) === Number(asked),
    async fetch() {
      fetches.push(now - startedAt);
      const { result, certificates } = weChatPay;
      return { result, certificates: result.kind === "accepted" ? certificates : [] };
    },
    explain: () => "what to do",
    use(certificates) {
      used = certificates.map(({ serialNo }) => serialNo);
      uses.push({ at: now - startedAt, used });
    },
    clock: {
      now: () => now,
      monotonic: () => now,
      sleep(ms, signal) {
        const { promise, resolve } = Promise.withResolvers<void>();
        sleep = { until: now + ms, end: resolve };
        signal?.addEventListener("abort", () => resolve());
        begun.resolve();
        return promise;
      },
    },
    random: { fraction: () => 0.5, id: () => "id" },
    log: pino({ base: null, timestamp: false }, { write: (line) => lines.push(JSON.parse(line).msg) }),
  });
  const untilAsleep = async (act: () => void) => {
    begun = Promise.withResolvers();
    act();
    await begun.promise;
  };
  return {
    job,
    ledger,
    weChatPay,
    fetches,
    lines,
    uses,
    used: () => used,
    known,
    started: () => untilAsleep(() => job.start()),
    awake: (act: () => void) => untilAsleep(act),
    async pass(ms: number) {
      const end = now + ms;
      while (sleep && sleep.until <= end) {
        now = sleep.until;
        await untilAsleep(sleep.end);
      }
      now = end;
    },
    has(...certificates: PlatformCertificate[]) {
      for (const each of certificates) known.set(each.serialNo, each);
      Object.assign(weChatPay, { result: accepted, certificates });
    },
  };
}

test("certificates are fetched at the start, and again within 12 hours each time", async () => {
  const { job, fetches, lines, has, used, started, pass } = instance();
  has(old);
  await started();
  await pass(48 * hourMs);
  assert.deepEqual(used(), ["01"]);
  assert.equal(fetches[0], 0);
  assert.equal(fetches.length, 5);
  for (const [nth, at] of fetches.entries()) {
    const waitedMs = at - (fetches[nth - 1] ?? at);
    assert.ok(nth === 0 || (waitedMs > 11 * hourMs && waitedMs <= 12 * hourMs), String(waitedMs));
  }
  assert.deepEqual(lines, ["a new platform certificate is accepted"]);
  await job.stop();
});

test("a start while WeChat Pay cannot be reached works with what the ledger has", async () => {
  const before = instance();
  before.has(old, next);
  await before.started();
  await before.job.stop();
  const { job, used, started, fetches } = instance({ ledger: before.ledger });
  await job.load();
  assert.deepEqual(used(), ["01", "02"]);
  await started();
  assert.deepEqual(fetches, []);
  await job.stop();
});

test("a start with neither reports it, keeps trying at growing intervals, and then works", async () => {
  const { job, lines, fetches, has, used, started, pass } = instance();
  await started();
  await pass(hourMs);
  assert.deepEqual([...new Set(lines)], ["the platform certificates could not be fetched"]);
  assert.ok(fetches.length > 5 && fetches.length < 15, String(fetches));
  assert.deepEqual(used(), []);
  has(old);
  await pass(hourMs);
  assert.deepEqual(used(), ["01"]);
  await job.stop();
});

test("a WeChat Pay that has no certificates is asked once an hour at most", async () => {
  const { job, fetches, weChatPay, started, pass } = instance();
  weChatPay.result = none;
  await started();
  await pass(6 * hourMs);
  assert.deepEqual(
    fetches,
    [0, 1, 2, 3, 4, 5, 6].map((hour) => hour * hourMs),
  );
  await job.stop();
});

test("unknown serial numbers cause one fetch a minute at most, which all answers share", async () => {
  const { job, fetches, has, used, started, pass } = instance();
  has(old);
  await started();
  has(old, next);
  await Promise.all([job.find("02"), job.find("02"), job.find("AB")]);
  assert.deepEqual([fetches.length, used()], [2, ["01", "02"]]);
  await pass(minuteMs - 1);
  await job.find("AB");
  assert.equal(fetches.length, 2);
  await pass(1);
  await job.find("AB");
  assert.equal(fetches.length, 3);
  await job.stop();
});

test("a certificate that another instance has stored is found in the ledger, at the latest within a minute", async () => {
  const { job, ledger, fetches, has, used, started, pass } = instance();
  has(old);
  await started();
  await pass(2_000);
  ledger.row = { fetchedAt: startedAt + 1_000, certificates: [old.encrypted, next.encrypted] };
  await job.find("0002");
  assert.deepEqual([used(), fetches.length], [["01", "02"], 1]);
  await job.stop();

  const other = instance({ ledger });
  ledger.row = { fetchedAt: startedAt, certificates: [old.encrypted] };
  await other.started();
  ledger.row = { fetchedAt: startedAt + 1_000, certificates: [old.encrypted, next.encrypted] };
  await other.pass(minuteMs);
  assert.deepEqual([other.used(), other.fetches.length], [["01", "02"], 0]);
  await other.job.stop();
});

test("a certificate that WeChat Pay no longer lists is no longer used, by any instance", async () => {
  const one = instance();
  one.has(old, next);
  await one.started();
  const other = instance({ ledger: one.ledger });
  await other.started();
  assert.deepEqual(
    [one.used(), other.used()],
    [
      ["01", "02"],
      ["01", "02"],
    ],
  );
  const before = one.ledger.row;
  one.has(next);
  await one.pass(12 * hourMs);
  assert.deepEqual(one.used(), ["02"]);
  await other.pass(12 * hourMs);
  assert.deepEqual([other.used(), other.fetches], [["02"], []]);
  // The ledger goes back to what it was, as after a restore.
  one.ledger.row = before;
  await other.pass(minuteMs);
  assert.deepEqual(other.used(), ["02"]);
  await Promise.all([one.job.stop(), other.job.stop()]);
});

test("a certificate is used again when it becomes valid, and is forgotten at the moment when it expires", async () => {
  const [validFrom, expiresAt] = [startedAt + 90_001, startedAt + 100_003];
  const { job, ledger, uses, has, started, pass } = instance();
  has(certificate("01", { expiresAt }), certificate("03", { validFrom }));
  await started();
  await pass(5 * minuteMs);
  assert.ok(uses.some(({ at }) => at === 90_001));
  assert.deepEqual(uses.find(({ at }) => at === 100_003)?.used, ["03"]);
  assert.deepEqual(
    ledger.row?.certificates.map(({ serialNo }) => serialNo),
    ["01", "03"],
  );
  await job.stop();
});

test("what the database's owner writes into the ledger is neither used nor a reason to fetch later", async () => {
  const planted = { ...next.encrypted, ciphertext: "planted" };
  for (const row of [
    { fetchedAt: startedAt, certificates: [planted] },
    { fetchedAt: startedAt, certificates: [old.encrypted, planted] },
    { fetchedAt: startedAt, certificates: [] },
    { fetchedAt: startedAt + 1, certificates: [old.encrypted] },
  ]) {
    const { job, used, fetches, has, started } = instance({ ledger: { row, isAway: false } });
    has(old);
    await job.load();
    assert.ok(!used().includes("02"));
    await started();
    assert.deepEqual([used(), fetches], [["01"], [0]]);
    await job.stop();
  }
});

test("with another APIv3 key, only what it authenticates is kept, and stored for the next start", async () => {
  const { job, known, ledger, fetches, has, used, started, awake } = instance();
  has(old);
  await started();
  known.delete("01");
  await awake(() => job.replace([next]));
  assert.deepEqual([used(), fetches.length], [["02"], 1]);
  assert.deepEqual(
    ledger.row?.certificates.map(({ serialNo }) => serialNo),
    ["02"],
  );
  await job.stop();
});

test("certificates that the ledger did not take are used at once, and stored as soon as it does", async () => {
  const { job, ledger, fetches, has, used, started, pass } = instance();
  has(old);
  ledger.isAway = true;
  await started();
  assert.deepEqual([used(), ledger.row], [["01"], undefined]);
  ledger.isAway = false;
  await pass(minuteMs);
  assert.deepEqual([ledger.row?.certificates, fetches.length], [[old.encrypted], 1]);
  await job.stop();
});

test("without an APIv3 key, nothing is fetched, read or searched for", async () => {
  const { job, fetches, uses, started, pass } = instance({ isOn: false });
  await job.load();
  await started();
  await pass(24 * hourMs);
  await job.find("02");
  assert.deepEqual([fetches, uses], [[], []]);
  await job.stop();
});
