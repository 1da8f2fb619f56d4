import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type CallResult,
  type Fault,
  faults,
  isSignersFault,
  parseResult,
  unreachableReasons,
} from "../../src/domain/attempt-result.ts";
import { guide } from "../../src/domain/guidance.ts";
import { attemptsMax, begunMax, isBeyondLast, nextStep } from "../../src/domain/retry-policy.ts";

const refused = (fault: Fault, retryAfterMs?: number): CallResult => ({
  kind: "refused",
  fault,
  status: 400,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});
const first = { number: 1, endpoint: 0 };
const at = { now: 1_000_000, fraction: 0 };

describe("after an attempt", () => {
  test("an accepted call succeeds", () => {
    assert.deepEqual(nextStep({ kind: "accepted", status: 200 }, first, at), { kind: "succeed" });
  });

  const passing: Fault[] = ["try-later", "rate-limited", "sign-clock", "server-error"];
  for (const fault of faults) {
    const isPassing = passing.includes(fault);
    test(`${fault} ${isPassing ? "is retried automatically" : "fails at once, because someone has to act first"}`, () => {
      assert.equal(nextStep(refused(fault), first, at).kind, isPassing ? "again" : "fail");
    });
  }

  test("the wait doubles with every attempt, half of it is random, and it has a maximum", () => {
    const wait = (number: number, fraction: number) => {
      const step = nextStep(refused("server-error"), { number, endpoint: 0 }, { now: 0, fraction });
      return step.kind === "again" ? step.dueAt : undefined;
    };
    assert.deepEqual(
      [1, 2, 3, 4, 5].map((number) => wait(number, 0)),
      [500, 1_000, 2_000, 4_000, 8_000],
    );
    assert.deepEqual(
      [1, 2, 3].map((number) => wait(number, 1)),
      [1_000, 2_000, 4_000],
    );
  });

  test("a wait of more than 10 minutes is left to people, if nothing else is wrong", () => {
    const adviceAfter = (fault: Fault, retryAfterMs: number) => {
      const { retry, waitUntil } = guide({
        kind: "refused",
        fault,
        status: 429,
        retryAfterMs,
        retryAt: at.now + retryAfterMs,
      });
      return [retry, waitUntil];
    };
    assert.deepEqual(adviceAfter("rate-limited", 600_000), ["automatic", undefined]);
    assert.deepEqual(adviceAfter("rate-limited", 600_001), ["after-the-wait", at.now + 600_001]);
    assert.deepEqual(adviceAfter("server-error", 7_200_000), ["after-the-wait", at.now + 7_200_000]);
    assert.deepEqual(adviceAfter("provider-penalised", 7_200_000), ["after-the-fix", undefined]);
  });

  test("the last attempt of a round fails", () => {
    assert.deepEqual(nextStep(refused("server-error"), { number: attemptsMax, endpoint: 0 }, at), { kind: "fail" });
  });

  test("an attempt beyond the last makes no call and fails", () => {
    assert.deepEqual(
      [begunMax, begunMax + 1].map((number) => isBeyondLast({ number })),
      [false, true],
    );
    const beyond = { number: begunMax + 1, endpoint: 0 };
    assert.deepEqual(nextStep({ kind: "unfinished" }, beyond, at), { kind: "fail" });
  });

  test("Retry-After is honoured if it is longer than our own wait, up to a maximum", () => {
    assert.deepEqual(nextStep(refused("rate-limited", 7_000), first, at), {
      kind: "again",
      dueAt: at.now + 7_000,
      endpoint: 0,
    });
    assert.deepEqual(nextStep(refused("rate-limited", 1), first, at), {
      kind: "again",
      dueAt: at.now + 500,
      endpoint: 0,
    });
    assert.deepEqual(nextStep(refused("rate-limited", 3_600_000), first, at), { kind: "fail" });
  });

  test("after an endpoint refuses the connection, the other is called at once", () => {
    const result: CallResult = { kind: "unreachable", why: "refused", mayHaveActed: false };
    assert.deepEqual(nextStep(result, first, at), { kind: "again", dueAt: at.now, endpoint: 1 });
    assert.deepEqual(nextStep(result, { number: 2, endpoint: 1 }, at), {
      kind: "again",
      dueAt: at.now + 1_000,
      endpoint: 2,
    });
  });

  test("after an answer that cannot be verified, the same endpoint is called again", () => {
    const step = nextStep({ kind: "unverified", why: "wrong-signature", status: 200 }, first, at);
    assert.deepEqual(step, { kind: "again", dueAt: at.now + 500, endpoint: 0 });
  });
});

test("whatever kept WeChat Pay from being reached, the other endpoint is next, at once if nothing was sent", () => {
  for (const why of unreachableReasons.filter((why) => !isSignersFault(why))) {
    const unsent: CallResult = { kind: "unreachable", why, mayHaveActed: false, cause: { host: "a.example" } };
    assert.deepEqual(nextStep(unsent, first, at), { kind: "again", dueAt: at.now, endpoint: 1 }, why);
    assert.partialDeepStrictEqual(nextStep({ ...unsent, mayHaveActed: true }, first, at), { endpoint: 1 });
    assert.equal(guide(unsent).actor, "bot-operator");
  }
});

test("after a failure of the signer, the same endpoint is next, after a pause: another one would not help", () => {
  for (const why of ["signer-unreachable", "signer-refused", "signer-invalid"] as const) {
    const unsent: CallResult = { kind: "unreachable", why, mayHaveActed: false, cause: { host: "unix:/a.sock" } };
    assert.deepEqual(nextStep(unsent, first, at), { kind: "again", dueAt: at.now + 500, endpoint: 0 }, why);
    assert.partialDeepStrictEqual(guide(unsent), { actor: "bot-operator", retry: "automatic", isCertain: true });
  }
});

test("results from older ledgers, and reasons from newer ones, still have their guidance", () => {
  const topicOf = (why: string) => {
    const result = parseResult(JSON.stringify({ kind: "unreachable", why, mayHaveActed: false }));
    return result?.kind === "unreachable" ? guide(result).topic : undefined;
  };
  assert.deepEqual(["refused", "reset", "timeout", "dns", "tls", "not-invented-yet"].map(topicOf), [
    "unreachable",
    "unreachable",
    "unreachable",
    "unreachable",
    "unreachable-tls",
    "unreachable",
  ]);
});

test("a failure that WeChat Pay may have carried out counts as uncertain", () => {
  assert.equal(guide({ kind: "unverified", why: "missing", status: 200 }).isCertain, false);
  assert.equal(guide({ kind: "unreachable", why: "timeout", mayHaveActed: true }).isCertain, false);
  assert.equal(guide({ kind: "unreachable", why: "refused", mayHaveActed: false }).isCertain, true);
  assert.equal(guide({ kind: "refused", fault: "server-error", status: 500 }).isCertain, false);
  assert.equal(guide({ kind: "unfinished" }).isCertain, false);
  assert.equal(guide({ kind: "refused", fault: "sub-merchant-penalised", status: 400 }).isCertain, true);
});
