/**
 * `npm run audit`: verifies the audit trail, compares the ledger with it, and verifies the MACs if LEDGER_KEY is set.
 * It reports that everything is intact, or lists the problems.
 */
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { eventWord } from "../ledger/audit/audit-log.ts";
import { type ChainedEvent, genesisHash } from "../ledger/audit/hash-chain.ts";
import { keyProblem } from "../ledger/audit/keys/ledger-key.ts";
import { type BadMac, badMacs } from "../ledger/audit/keys/mac-verification.ts";
import { type LedgerKey, signWith } from "../ledger/audit/keys/macs.ts";
import { differences } from "../ledger/audit/replay/differences.ts";
import type { Difference } from "../ledger/audit/replay/request-differences.ts";
import { type Verification, verify } from "../ledger/audit/verification.ts";
import { readDatabaseUrl, readLedgerKey } from "../settings/for-commands.ts";
import { openUnchanged } from "../storage/open.ts";
import type { Store } from "../storage/schema.ts";
import { isTableMissing, whyOf } from "../storage/store-errors.ts";
import { textsFor } from "../text/texts.ts";
import { isHelp, refuse, say, whyNotOpen } from "./terminal.ts";

/** Exit codes: everything is intact; there is a problem; not everything could be checked. */
const exit = { intact: 0, tampered: 1, unknown: 2 } as const;

const { audit: texts, events, start } = textsFor(process.env["LOCALE"]);

process.exitCode = await audit();

async function audit(): Promise<number> {
  if (isHelp(process.argv.slice(2))) {
    say(texts.usage);
    return exit.intact;
  }
  const asked = readArguments();
  if (!asked) return giveUp(texts.usage);
  if (asked.expect === genesisHash) return giveUp(texts.expectsNothing);
  const [url, ledgerKey] = [readDatabaseUrl(process.env), readLedgerKey(process.env)];
  if (!url.ok) return giveUp(url.problems.map(start.problem).join("\n"));
  if (!ledgerKey.ok) return giveUp(ledgerKey.problems.map(start.problem).join("\n"));
  // A wrong path must not become a new ledger.
  const { address } = url;
  if (address.engine === "sqlite" && !existsSync(address.path)) return giveUp(texts.noLedger(address.path));
  try {
    const store = await openUnchanged(address);
    try {
      return await auditOf(store, { ...asked, key: ledgerKey.key });
    } finally {
      await store.close();
    }
  } catch (error) {
    if (isTableMissing(error)) return giveUp(texts.noTrail);
    return giveUp(whyNotOpen(error, { name: "DATABASE_URL", address, start }) ?? texts.cannotRead(whyOf(error)));
  }
}

/** Undefined if the arguments are not valid. */
function readArguments(): { expect: string | undefined } | undefined {
  try {
    const { expect } = parseArgs({ options: { expect: { type: "string" } } }).values;
    if (expect !== undefined && !/^[0-9a-f]{64}$/i.test(expect)) return undefined;
    return { expect: expect?.toLowerCase() };
  } catch {
    return undefined;
  }
}

async function auditOf(
  store: Store,
  { expect, key }: { expect: string | undefined; key: LedgerKey | undefined },
): Promise<number> {
  const problem = await keyProblem(store.db, key);
  if (problem && problem !== "missing") return giveUp(start.ledgerKey[problem]);
  const trail = tell(await verify(store.db, expect));
  const isSame = await compare(store);
  // Forged rows pass every other check, so without the ledger's key, the ledger may not be intact.
  const isSigned = problem === "missing" ? refuse(texts.needsKey) : await verifyMacs(store, key);
  if (trail === exit.tampered || !isSame) return exit.tampered;
  if (trail === exit.unknown || problem === "missing") return exit.unknown;
  return isSigned ? exit.intact : exit.tampered;
}

/** Reports whether the trail is intact, or its first problem. Returns the exit code that follows from it. */
function tell(found: Verification): number {
  if (found.kind === "not-the-chain" && found.pruned > 0) {
    say(texts.maybePruned(found.expected));
    return exit.unknown;
  }
  if (found.kind !== "intact") {
    say(tampering(found));
    return exit.tampered;
  }
  const { sealed, pruned, newest, unsealed, nextToSeal } = found;
  say(texts.intact(sealed, newest));
  if (pruned > 0) say(texts.pruned(pruned));
  say(texts.tail(unsealed, nextToSeal && named(nextToSeal)));
  return exit.intact;
}

/** Lists every difference between the ledger and its trail. */
async function compare(store: Store): Promise<boolean> {
  let [requests, found] = [0, 0];
  const progress = (count: number) => {
    requests = count;
  };
  for await (const difference of differences(store, progress)) {
    found++;
    say(sentence(difference));
  }
  say(found === 0 ? texts.compared(requests) : texts.differs(found));
  return found === 0;
}

/** Lists all records whose MAC is wrong or missing. */
async function verifyMacs(store: Store, key: LedgerKey | undefined): Promise<boolean> {
  signWith(store.db, key);
  if (!key) {
    say(texts.notSigned);
    return true;
  }
  let found = 0;
  for await (const bad of badMacs(store)) {
    found++;
    say(texts.unsigned(subjectOf(bad)));
  }
  say(found === 0 ? texts.signed : texts.forged(found));
  return found === 0;
}

function sentence({ of, id, field, ledger, trail }: Difference): string {
  return printable(texts.difference(texts.subject[of](id), fieldWord(field), ledger, trail));
}

/** `attempt 1.2 (SHA-256)`, in the operator's language. */
function fieldWord(field: string): string {
  const words: Readonly<Record<string, string>> = texts.fields;
  return field.replace(" (SHA-256)", texts.sha256).replace(/^approval of|^[a-z_]+/, (name) => words[name] ?? name);
}

function subjectOf(bad: BadMac): string {
  return bad.of === "event" ? texts.subject.event(named(bad.event)) : printable(texts.subject[bad.of](bad.id));
}

function tampering(found: Exclude<Verification, { kind: "intact" }>): string {
  switch (found.kind) {
    case "changed":
      return texts.changed(found.position, named(found.event));
    case "inserted":
      return texts.inserted(found.position, named(found.event));
    case "removed":
      return texts.removed(found.position, found.seq, found.after && named(found.after));
    case "seal-removed":
      return texts.sealRemoved(found.position, found.after && named(found.after));
    case "checkpoint-differs":
      return texts.checkpointDiffers(named(found.event));
    case "not-pruned":
      return texts.notPruned(found.position);
    case "unaccounted":
      return texts.unaccounted(named(found.event));
    case "removed-unsealed":
      return texts.removedUnsealed(found.seq);
    case "not-the-chain":
      return texts.notTheChain(found.sealed, found.expected);
    default:
      return found satisfies never;
  }
}

/** `#12 (approved, U0BOB, 2026-01-05T09:00:00.000Z, request 019b…, click C0OPS)`, whatever somebody wrote into it. */
function named({ seq, what, actor, at, request_id, origin }: ChainedEvent): string {
  const request = request_id === null ? [] : [texts.request(request_id)];
  const facts = [eventWord(what, events.words), actor, timeOf(at), ...request, ...(origin === null ? [] : [origin])];
  return printable(texts.event(seq, facts));
}

/** Removes characters that could control a terminal. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, "");
}

function timeOf(at: string): string {
  const time = new Date(Number(at));
  return Number.isNaN(time.valueOf()) ? at : time.toISOString();
}

function giveUp(words: string): number {
  refuse(words);
  return exit.unknown;
}
