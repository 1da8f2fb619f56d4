/** Proves that the simulation finds bugs: removes one safeguard at a time and reports how soon a history fails. */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Campaign, runCampaign } from "./campaign.ts";
import { regressions } from "./plans/regressions.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Maximum length of a printed failure, because a logged error includes its stack. */
const sentenceMax = 300;

interface Mutant {
  name: string;
  changes: { file: string; from: string; to: string }[];
}

/**
 * Each mutant removes one safeguard. Its snippet must occur exactly once: if the source changes, so must the mutant.
 * test/storage/sqlite/shared-commit.test.ts covers what a failed commit rolls back, which random histories reach too
 * rarely.
 */
const mutants: readonly Mutant[] = [
  {
    name: "a grant counts without its event",
    changes: [
      {
        file: "ledger/audit/confirmed-grants.ts",
        from: "lasts && isBackedBy(grant, newest) && isSignedGrant",
        to: "(lasts || newest !== undefined) && isSignedGrant",
      },
    ],
  },
  {
    name: "no unique index on the open operations of a sub-merchant",
    changes: [
      {
        file: "storage/migrations/0015-trust.ts",
        from: "create unique index operations_one_open",
        to: "create index operations_one_open",
      },
    ],
  },
  {
    name: "a result is recorded without checking the lease",
    changes: [
      {
        file: "ledger/operations/statements.ts",
        from: " and state = 'running' and lease_owner = given.attempt_id",
        to: "",
      },
    ],
  },
  {
    name: "a decision does not check the request's state",
    changes: [
      {
        file: "ledger/transition.ts",
        from: '.where("id", "=", requestId)\n    .where("state", "=", "pending")',
        to: '.where("id", "=", requestId)',
      },
    ],
  },
  {
    name: "an outcome is enqueued for Slack after its commit instead of within it",
    changes: [
      {
        file: "ledger/operations/recorded-results.ts",
        from: "await enqueueOutcomes(transaction, outcomes);",
        to: "later.set(held[0]?.attempt.id, outcomes);",
      },
      {
        file: "ledger/operations/recorded-results.ts",
        from: "export interface RecordedResults {",
        to: "export const later = new Map();\nexport interface RecordedResults {",
      },
      {
        file: "ledger/operations/results.ts",
        from: "const { concluded, finished } = await recordResults(context, set);",
        to: `const { concluded, finished } = await recordResults(context, set);
      for (const { attempt } of set) await enqueueOutcomes(context.store.db as never, later.get(attempt.id) ?? []);`,
      },
      {
        file: "ledger/operations/results.ts",
        from: "type Ended, recordResults }",
        to: "type Ended, later, recordResults }",
      },
      {
        file: "ledger/operations/results.ts",
        from: "const resultsMax = 128;",
        to: 'import { enqueueOutcomes } from "../outbox/enqueue.ts";\nconst resultsMax = 128;',
      },
    ],
  },
  {
    name: "a set of results counts as a whole, although one of its leases is lost",
    changes: [
      {
        file: "ledger/operations/recorded-results.ts",
        from: "const held = fresh.filter(({ attempt }) => released.has(attempt.operationId));",
        to: "const held = released.size > 0 ? fresh : [];",
      },
    ],
  },
  {
    name: "a request or a result is lost when its set cannot be recorded as a whole",
    changes: [
      {
        file: "ledger/sets.ts",
        from: "else await Promise.allSettled(set.map(({ one, resolve, reject }) => alone(one).then(resolve, reject)));",
        to: 'else for (const { resolve } of set) resolve({ kind: "repeated", requestId: "" } as never);',
      },
    ],
  },
  {
    name: "a set of requests is recorded although a sub-merchant of it has an open operation",
    changes: [
      {
        file: "ledger/requests/together.ts",
        from: "if ((await insertSingleOperations(context, transaction, operations)) < all.length) return rollBack(false);",
        to: "await insertSingleOperations(context, transaction, operations);",
      },
    ],
  },
  {
    name: "a claim takes over leases that have not ended",
    changes: [
      {
        file: "ledger/operations/statements.ts",
        from: "lease_until <= $",
        to: "lease_until >= $",
      },
    ],
  },
  {
    name: "a request is enqueued for Slack after its commit instead of within it",
    changes: [
      {
        file: "ledger/requests/insertion.ts",
        from: 'const kinds = subMchids.length > 1 ? (["message", "list"] as const) : (["message"] as const);',
        to: 'const kinds = subMchids.length > 1 ? (["list"] as const) : [];',
      },
      {
        file: "ledger/requests/alone.ts",
        from: "return await commitOrRollBack(context.store.db, (transaction) => write(context, transaction, request));",
        to: `const written = await commitOrRollBack(context.store.db, (transaction) => write(context, transaction, request));
    if (typeof written === "object" && written.kind === "recorded")
      await enqueuePosts(context.store.db as never, [{ requestId: written.requestId, channelId: request.channelId, kind: "message", round: 0, now: context.clock.now() }]);
    return written;`,
      },
      {
        file: "ledger/requests/alone.ts",
        from: "import { enqueueNotice, markMessageStale }",
        to: "import { enqueueNotice, enqueuePosts, markMessageStale }",
      },
      {
        file: "ledger/requests/together.ts",
        from: "import { insertSingleOperations }",
        to: `import { enqueuePosts } from "../outbox/enqueue.ts";
import { insertSingleOperations }`,
      },
      {
        file: "ledger/requests/together.ts",
        from: "if (!isRecorded) return undefined;",
        to: `if (!isRecorded) return undefined;
  for (const { id, request } of all)
    await enqueuePosts(store.db as never, [{ requestId: id, channelId: request.channelId, kind: "message", round: 0, now }]);`,
      },
    ],
  },
  {
    name: "a dead instance's operations are not taken over",
    changes: [
      {
        file: "ledger/operations/operations.ts",
        from: "const abandonedBy = isTakingOver ?",
        to: "const abandonedBy = !isTakingOver ?",
      },
    ],
  },
  {
    name: "a lease that ends before its call",
    changes: [
      { file: "jobs/executor.ts", from: "const leaseMarginMs = 4_000;", to: "const leaseMarginMs = -5_000;" },
      { file: "jobs/executor.ts", from: "> leaseMarginMs / 2)", to: "> 2_000)" },
    ],
  },
  {
    name: "a call is made although it was claimed long ago",
    changes: [{ file: "jobs/executor.ts", from: "> leaseMarginMs / 2)", to: "> 60_000)" }],
  },
  {
    name: "staleness is not checked before a claim",
    changes: [
      {
        file: "ledger/operations/operations.ts",
        from: "if (staleAfterMs !== undefined &&",
        to: "if (staleAfterMs === 0 &&",
      },
    ],
  },
  {
    name: "the heartbeat moves across an outage before what is stale is held",
    changes: [{ file: "ledger/holding/heartbeat.ts", from: '    .where(at, ">=", given.from),', to: "," }],
  },
  {
    name: "only what is queued is held, not what an instance left running",
    changes: [
      {
        file: "ledger/holding/hold.ts",
        from: '.where("lease_until", "<=", leasesUpTo)',
        to: '.where("lease_until", "<=", 0)',
      },
    ],
  },
  {
    name: "a restore holds only what is old",
    changes: [
      {
        file: "ledger/holding/hold.ts",
        from: "await approvedRequests(transaction, { from: ever,",
        to: "await approvedRequests(transaction, { from: now - 60_000,",
      },
    ],
  },
  {
    name: "a restore does not hold what was being called",
    changes: [
      {
        file: "ledger/holding/hold.ts",
        from: "const leasesUpTo = ever;",
        to: "const leasesUpTo = 0;",
      },
    ],
  },
  {
    name: "what had started on hold ends as if it had not",
    changes: [
      {
        file: "ledger/holding/end-held.ts",
        from: "hasStarted(operation) || endedUncertain(operation)",
        to: "endedUncertain(operation)",
      },
    ],
  },
  {
    name: "the end of a hold forgets what an earlier round may have done",
    changes: [
      {
        file: "ledger/holding/end-held.ts",
        from: "hasStarted(operation) || endedUncertain(operation)",
        to: "hasStarted(operation)",
      },
    ],
  },
  {
    name: "a stop forgets what an earlier round may have done",
    changes: [{ file: "ledger/operations/stop.ts", from: "&& endedUncertain(operation)", to: "&& false" }],
  },
  {
    name: "a certain failure hides an earlier attempt that is uncertain",
    changes: [{ file: "domain/guidance.ts", from: "return isCertain && mayHaveActedBefore", to: "return false" }],
  },
  {
    name: "an attempt of an instance that died counts as not made",
    changes: [
      {
        file: "ledger/queries/attempt-results.ts",
        from: '!result || result.kind === "accepted"',
        to: 'result?.kind === "accepted"',
      },
    ],
  },
  {
    name: "a retry does not check the round",
    changes: [{ file: "ledger/operations/retry.ts", from: '.where("round", "=", round)\n', to: "\n" }],
  },
  {
    name: "a retry checks neither the round nor any state",
    changes: [
      {
        file: "ledger/operations/retry.ts",
        from: '.where("state", "=", "done")\n    .where("round", "=", round)\n',
        to: "\n",
      },
      { file: "ledger/operations/other-operations.ts", from: 'eb("state", "=", "failed"),\n      or(', to: "or(" },
    ],
  },
  {
    name: "neither a retry nor its click checks for later requests",
    changes: [
      {
        file: "ledger/operations/other-operations.ts",
        from: '.where(replaces("later", "operations", unless))',
        to: '.where("later.state", "=", "no such state" as never)',
      },
      { file: "slack/actions/retry.ts", from: "if (operation.superseded)", to: "if (false)" },
    ],
  },
  {
    name: "a second step before the first is verified",
    changes: [
      {
        file: "domain/retry-policy.ts",
        from: 'if (result.kind === "accepted")\n',
        to: 'if (result.kind === "accepted" || (attempt.following && result.kind !== "refused"))\n',
      },
    ],
  },
  {
    name: "a retry starts from the first step",
    changes: [
      {
        file: "ledger/operations/statements.ts",
        from: "      attempts: 0,\n      attempts_before: 0,\n",
        to: `      attempts: 0,
      attempts_before: 0,
      step: sql<Step>\`case when object = 'goldplan' then 'goldplan' else 'receipt' end\`,
`,
      },
    ],
  },
  {
    name: "an operation stays at its first step after that has succeeded",
    changes: [
      {
        file: "ledger/operations/statements.ts",
        from: "step = coalesce(next_step, step)",
        to: "step = step",
      },
    ],
  },
  {
    name: "the attempts of both steps count together",
    changes: [
      {
        file: "ledger/operations/statements.ts",
        from: "attempts_before = case when next_step is null then attempts_before else attempts end",
        to: "attempts_before = attempts_before",
      },
    ],
  },
  {
    name: "a stop does not act between steps",
    changes: [
      {
        file: "ledger/operations/stop.ts",
        from: 'wasStopped ? val(0) : ref("attempts_before")',
        to: "val(0)",
      },
    ],
  },
  {
    name: "a request that was stopped between its steps does not supersede earlier ones",
    changes: [
      {
        file: "ledger/operations/other-operations.ts",
        from: "= 'cancelled' and ${ref(later,",
        to: "= 'no such state' and ${ref(later,",
      },
    ],
  },
  {
    name: "Retry does not wait until 点金计划 can be opened again",
    changes: [
      {
        file: "ledger/operations/statements.ts",
        from: "    .where((operation) => operation.not(isTooSoon(now)(operation)))\n",
        to: "",
      },
    ],
  },
  {
    name: "messages that depend on 点金计划 are not updated",
    changes: [
      {
        file: "ledger/operations/recorded-results.ts",
        from: "telling.filter((id) => !isDone.has(id))",
        to: "[]",
      },
    ],
  },
  {
    name: "an approval does not remove the Retry button of the request that it supersedes",
    changes: [
      {
        file: "ledger/transition.ts",
        from: "await markMessagesStale(transaction, await supersededBy(transaction, requestId), now",
        to: "await markMessagesStale(transaction, [], now",
      },
    ],
  },
  {
    name: "a stop does not restore the Retry button of the superseded request",
    changes: [
      {
        file: "ledger/operations/cancellation.ts",
        from: "await markMessagesStale(transaction, await supersededBy(transaction, requestId), now);",
        to: "",
      },
    ],
  },
  {
    name: "a bulk request with one remaining sub-merchant stays in the bulk queue",
    changes: [{ file: "ledger/requests/alone.ts", from: "if (total === 1) {", to: "if (total === 0) {" }],
  },
  {
    name: "an exclusion does not check the request's state",
    changes: [
      {
        file: "ledger/exclusions.ts",
        from: '.where("state", "=", "pending")\n    .where("expires_at", ">", now)\n',
        to: "\n",
      },
      {
        file: "slack/views/decision-form.ts",
        from: 'if (request.state !== "pending") return replaceForm',
        to: "if (false) return replaceForm",
      },
    ],
  },
  {
    name: "an exclusion does not check the operation's state",
    changes: [
      {
        file: "ledger/exclusions.ts",
        from: '.where("state", "=", "waiting")',
        to: '.where("state", "in", ["waiting", "cancelled"])',
      },
    ],
  },
  {
    name: "an exclusion can remove every sub-merchant",
    changes: [
      { file: "ledger/exclusions.ts", from: "if (request.open === 0) return", to: "if (request.open < 0) return" },
    ],
  },
  {
    name: "the list in the thread ignores exclusions",
    changes: [{ file: "ledger/exclusions.ts", from: 'kind: "list", round, now', to: 'kind: "list", round: 0, now' }],
  },
  {
    name: "sub-merchants that a stop prevented are not listed",
    changes: [
      {
        file: "ledger/operations/cancellation.ts",
        from: 'if (isBulk && count > 0) await enqueueAgain(transaction, { requestId, channelId, kind: "not-started", round, now });',
        to: "",
      },
    ],
  },
  {
    name: "a deleted message is edited forever",
    changes: [
      {
        file: "slack/reporter/refused-post-policy.ts",
        from: "&& isGone.test(refused)) return",
        to: '&& isGone.test("")) return',
      },
    ],
  },
  {
    name: "an expired request can still be approved",
    changes: [
      { file: "ledger/transition.ts", from: '.where("expires_at", decision === "expire" ? "<=" : ">", now)', to: "" },
    ],
  },
  {
    name: "a redelivered payload creates another request",
    changes: [
      {
        file: "slack/payloads/source-key.ts",
        from: "keyOf([trigger_id, response_url,",
        to: "keyOf([String(Math.random()), response_url,",
      },
    ],
  },
  {
    name: "a post's lease is not checked",
    changes: [
      {
        file: "ledger/outbox/statements.ts",
        from: "and (due.lease_until is null or",
        to: "and (true or",
      },
    ],
  },
  {
    name: "a change during a post counts as shown",
    changes: [
      { file: "ledger/outbox/outbox.ts", from: "      shown: post.shown,", to: '      shown: row.ref("wanted"),' },
    ],
  },
  {
    name: "a post is sent although it was claimed long ago",
    changes: [
      { file: "slack/reporter/send-post.ts", from: "const sendWithinMs = 2_000;", to: "const sendWithinMs = 60_000;" },
    ],
  },
  {
    name: "a thread does not wait for the request's own message",
    changes: [
      {
        file: "ledger/outbox/statements.ts",
        from: "and (due.kind = 'message' or",
        to: "and (true or",
      },
    ],
  },
  {
    name: "a commit is reported before it has happened",
    changes: [
      {
        file: "storage/sqlite/shared-commit.ts",
        from: "leave();\n      await joined?.promise;",
        to: "leave();",
      },
    ],
  },
  {
    name: "a caller that yields to another member's write is answered before that is committed",
    changes: [
      {
        file: "storage/sqlite/shared-commit.ts",
        from: "what other members wrote.\n      await joined?.promise;",
        to: "",
      },
    ],
  },
  {
    name: "a decision is read after its commit",
    changes: [
      {
        file: "ledger/decisions.ts",
        from: "const request = await findRequest(transaction, input.requestId);\n",
        to: "const request = { id: input.requestId } as never;\n",
      },
      {
        file: "ledger/decisions.ts",
        from: "return context.store.db.transaction().execute(async (transaction) => {\n    const result",
        to: "const decided = await context.store.db.transaction().execute(async (transaction) => {\n    const result",
      },
      {
        file: "ledger/decisions.ts",
        from: 'return request ? { kind: result ?? "too-late", request } : { kind: "unknown" };\n  });',
        to: 'return request ? { kind: result ?? "too-late", request } : { kind: "unknown" };\n  });\n  return { ...decided, request: await findRequest(context.store.db, input.requestId) } as never;',
      },
    ],
  },
  {
    name: "each instance that reads a due reminder sends it",
    changes: [
      {
        file: "ledger/reminders.ts",
        from: '.where("attended_at", "is not distinct from", reminder.remindedUntilBefore)',
        to: "",
      },
    ],
  },
  {
    name: "a reminder is sent after the decision",
    changes: [
      {
        file: "ledger/reminders.ts",
        from: 'and([eb("state", "=", sql.lit("pending")), eb("expires_at"',
        to: 'and([eb("expires_at"',
      },
    ],
  },
  {
    name: "an approver is asked to decide after the decision",
    changes: [{ file: "slack/reporter/post-content.ts", from: "return asksToDecide && ", to: "return false && " }],
  },
  {
    name: "a copy is never updated",
    changes: [
      {
        file: "ledger/outbox/enqueue.ts",
        from: 'const markAllStale = markStale(["message", "copy"]);',
        to: 'const markAllStale = markStale(["message"]);',
      },
    ],
  },
  {
    name: "requesters are notified of their own requests, and notification preferences are ignored",
    changes: [
      { file: "domain/reminder-recipients.ts", from: "!isBarred(id, request, policy)", to: "true" },
      { file: "domain/reminder-recipients.ts", from: 'preferences.get(id) !== "off"', to: "true" },
    ],
  },
  {
    name: "pruning removes a success that was followed by a failure",
    changes: [
      {
        file: "ledger/retention/prunable-requests.ts",
        from: " then 3\n    when",
        to: " then 0\n    when",
      },
    ],
  },
  {
    name: "the checkpoint of a batch covers none of its ranges",
    changes: [
      {
        file: "ledger/retention/checkpoint.ts",
        from: "digest: digestOf(ranges)",
        to: "digest: digestOf([])",
      },
    ],
  },
];

/**
 * Plays the same histories, and then the plans that once found a bug, with each mutant until one fails. Reports how
 * soon it failed, and resolves to whether all were found.
 * @param only selects mutants whose names contain it
 */
export async function proveByMutants(
  { only = "", ...range }: { from: number; histories: number; only?: string | undefined },
  print: (line: string) => void,
): Promise<boolean> {
  const chosen = mutants.filter(({ name }) => name.includes(only));
  let missed = 0;
  for (const mutant of chosen) {
    const campaign = await withMutant(mutant, (player) =>
      runCampaign({ ...range, plans: regressions, failuresMax: 1 }, player),
    );
    if (campaign.failures.length === 0) missed++;
    print(sentenceOf(mutant, campaign, range.from));
  }
  print(`${chosen.length - missed} of ${chosen.length} mutants found`);
  return missed === 0;
}

function sentenceOf({ name }: Mutant, { failures, figures, seconds }: Campaign, from: number): string {
  const [first] = failures;
  if (!first) return `NOT FOUND in ${figures.histories} histories: ${name}`;
  const { seed, isEarlierPlan, sentences } = first;
  const by = isEarlierPlan ? `by an earlier plan of seed ${seed}` : `in history ${seed - from + 1} (seed ${seed})`;
  return `found ${by}, ${seconds.toFixed(0)} s: ${name}\n    ${sentences[0]?.slice(0, sentenceMax)}`;
}

/** The changed sources of a mutant. @throws Error if a snippet no longer fits the source */
async function mutated({ name, changes }: Mutant): Promise<Map<string, string>> {
  const sources = new Map<string, string>();
  for (const { file, from, to } of changes) {
    const source = sources.get(file) ?? (await readFile(join(root, "src", file), "utf8"));
    const places = source.split(from).length - 1;
    if (places !== 1) throw new Error(`mutant "${name}": ${places} places in src/${file} read ${JSON.stringify(from)}`);
    sources.set(
      file,
      source.replace(from, () => to),
    );
  }
  return sources;
}

/** Checks whether each mutant still fits the source. @throws Error for the first that does not */
export async function checkMutants(): Promise<void> {
  for (const mutant of mutants) await mutated(mutant);
}

/** Applies a mutant to a copy of the project. */
async function withMutant<T>({ name, changes }: Mutant, work: (player: URL) => Promise<T>): Promise<T> {
  const copy = await mkdtemp(join(tmpdir(), "receipt-mutant-"));
  try {
    for (const part of ["src", "test", "package.json"])
      await cp(join(root, part), join(copy, part), { recursive: true });
    await symlink(join(root, "node_modules"), join(copy, "node_modules"));
    const sources = await mutated({ name, changes });
    for (const [file, source] of sources) await writeFile(join(copy, "src", file), source);
    return await work(pathToFileURL(join(copy, "test/simulation/player.ts")));
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}
