/**
 * `npm run audit`: verifies the audit trail, compares the ledger with it, and verifies the MACs if LEDGER_KEY is set.
 * It reports that everything is intact, or lists the problems.
 */
import { parseArgs } from "node:util";
import { eventWord } from "../../ledger/audit/audit-log.ts";
import { type ChainedEvent, genesisHash } from "../../ledger/audit/hash-chain.ts";
import { keyProblem } from "../../ledger/audit/keys/ledger-key.ts";
import { type BadMac, badMacs } from "../../ledger/audit/keys/mac-verification.ts";
import { type LedgerKey, signWith } from "../../ledger/audit/keys/macs.ts";
import { differences } from "../../ledger/audit/replay/differences.ts";
import type { Difference } from "../../ledger/audit/replay/request-differences.ts";
import { type Verification, verify } from "../../ledger/audit/verification.ts";
import { readDatabaseUrl, readLedgerKey } from "../../settings/for-commands.ts";
import { appliedSteps, refuseOlder } from "../../storage/migrations/applied-steps.ts";
import { missingFile, openUnchanged } from "../../storage/open.ts";
import type { Store } from "../../storage/schema.ts";
import { isTableMissing, whyOf } from "../../storage/store-errors.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import { textsFor } from "../../text/texts.ts";
import { type Command, type CommandContext, isHelp, printable, whyNotOpen } from "./command.ts";

/** Exit codes: everything is intact; there is a problem; not everything could be checked. */
const exit = { intact: 0, tampered: 1, unknown: 2 } as const;

export const audit: Command = async (args, env, terminal) => {
  const every = textsFor(env["LOCALE"]);
  const { audit: texts, start } = every;
  const giveUp = (words: string): number => {
    terminal.refuse(words);
    return exit.unknown;
  };
  if (isHelp(args)) {
    terminal.say(texts.usage);
    return exit.intact;
  }
  const asked = readArguments(args);
  if (!asked) return giveUp(texts.usage);
  if (asked.expect === genesisHash) return giveUp(texts.expectsNothing);
  const [url, ledgerKey] = [readDatabaseUrl(env), readLedgerKey(env)];
  if (!url.ok) return giveUp(url.problems.map(start.problem).join("\n"));
  if (!ledgerKey.ok) return giveUp(ledgerKey.problems.map(start.problem).join("\n"));
  const { address } = url;
  const missing = missingFile(address);
  if (missing !== undefined) return giveUp(texts.noLedger(missing));
  try {
    const store = await openUnchanged(address);
    try {
      const problem = await keyProblem(store.db, ledgerKey.key);
      if (problem && problem !== "missing") return giveUp(start.ledgerKey[problem]);
      const context = { env, terminal, texts: every };
      return await auditOf(store, { ...asked, key: ledgerKey.key, isKeyMissing: problem === "missing" }, context);
    } catch (error) {
      // What an older ledger lacks is no problem of its trail.
      refuseOlder(await appliedSteps(store), store.engine);
      throw error;
    } finally {
      await store.close();
    }
  } catch (error) {
    if (isTableMissing(error)) return giveUp(texts.noTrail);
    return giveUp(whyNotOpen(error, { name: "DATABASE_URL", address, start }) ?? texts.cannotRead(whyOf(error)));
  }
};

/** Undefined if the arguments are not valid. */
function readArguments(args: readonly string[]): { expect: string | undefined } | undefined {
  try {
    const { expect } = parseArgs({ args: [...args], options: { expect: { type: "string" } } }).values;
    if (expect !== undefined && !/^[0-9a-f]{64}$/i.test(expect)) return undefined;
    return { expect: expect?.toLowerCase() };
  } catch {
    return undefined;
  }
}

async function auditOf(
  store: Store,
  { expect, key, isKeyMissing }: { expect: string | undefined; key: LedgerKey | undefined; isKeyMissing: boolean },
  context: CommandContext,
): Promise<number> {
  const { texts, terminal } = context;
  const trail = tell(await verify(store.db, expect), context);
  try {
    const isSame = await compare(store, context);
    // Forged rows pass every other check, so without the ledger's key, the ledger may not be intact.
    const isSigned = isKeyMissing ? terminal.refuse(texts.audit.needsKey) : await verifyMacs(store, key, context);
    if (trail === exit.tampered || !isSame) return exit.tampered;
    if (trail === exit.unknown || isKeyMissing) return exit.unknown;
    return isSigned ? exit.intact : exit.tampered;
  } catch (error) {
    // An event that someone made unreadable must not turn what was found into a mere failure to read.
    if (trail !== exit.tampered) throw error;
    terminal.refuse(texts.audit.cannotRead(whyOf(error)));
    return exit.tampered;
  }
}

/** Reports whether the trail is intact, or its first problem. Returns the exit code that follows from it. */
function tell(found: Verification, { texts: every, terminal: { say } }: CommandContext): number {
  const texts = every.audit;
  if (found.kind === "not-the-chain" && found.pruned > 0) {
    say(texts.maybePruned(found.expected));
    return exit.unknown;
  }
  if (found.kind !== "intact") {
    say(tampering(found, every));
    return exit.tampered;
  }
  const { sealed, pruned, newest, unsealed, nextToSeal } = found;
  say(texts.intact(sealed, newest));
  if (pruned > 0) say(texts.pruned(pruned));
  say(texts.tail(unsealed, nextToSeal && named(nextToSeal, every)));
  return exit.intact;
}

/** Lists every difference between the ledger and its trail. */
async function compare(store: Store, { texts: { audit: texts }, terminal: { say } }: CommandContext): Promise<boolean> {
  let [requests, found] = [0, 0];
  const progress = (count: number) => {
    requests = count;
  };
  for await (const difference of differences(store, progress)) {
    found++;
    say(sentence(difference, texts));
  }
  say(found === 0 ? texts.compared(requests) : texts.differs(found));
  return found === 0;
}

/** Lists all records whose MAC is wrong or missing. */
async function verifyMacs(
  store: Store,
  key: LedgerKey | undefined,
  { texts: every, terminal: { say } }: CommandContext,
): Promise<boolean> {
  const texts = every.audit;
  signWith(store.db, key);
  if (!key) {
    say(texts.notSigned);
    return true;
  }
  let found = 0;
  for await (const bad of badMacs(store)) {
    found++;
    say(texts.unsigned(subjectOf(bad, every)));
  }
  say(found === 0 ? texts.signed : texts.forged(found));
  return found === 0;
}

function sentence({ of, id, field, ledger, trail }: Difference, texts: Texts["audit"]): string {
  return printable(texts.difference(texts.subject[of](id), fieldWord(field, texts), ledger, trail));
}

/** `attempt 1.2 (SHA-256)`, in the operator's language. */
function fieldWord(field: string, texts: Texts["audit"]): string {
  const words: Readonly<Record<string, string>> = texts.fields;
  return field.replace(" (SHA-256)", texts.sha256).replace(/^approval of|^[a-z_]+/, (name) => words[name] ?? name);
}

function subjectOf(bad: BadMac, every: Texts): string {
  const texts = every.audit;
  return bad.of === "event" ? texts.subject.event(named(bad.event, every)) : printable(texts.subject[bad.of](bad.id));
}

function tampering(found: Exclude<Verification, { kind: "intact" }>, every: Texts): string {
  const texts = every.audit;
  switch (found.kind) {
    case "changed":
      return texts.changed(found.position, named(found.event, every));
    case "inserted":
      return texts.inserted(found.position, named(found.event, every));
    case "removed":
      return texts.removed(found.position, found.seq, found.after && named(found.after, every));
    case "seal-removed":
      return texts.sealRemoved(found.position, found.after && named(found.after, every));
    case "checkpoint-differs":
      return texts.checkpointDiffers(named(found.event, every));
    case "not-pruned":
      return texts.notPruned(found.position);
    case "unaccounted":
      return texts.unaccounted(named(found.event, every));
    case "removed-unsealed":
      return texts.removedUnsealed(found.seq);
    case "not-the-chain":
      return texts.notTheChain(found.sealed, found.expected);
    default:
      return found satisfies never;
  }
}

/** `#12 (approved, U0BOB, 2026-01-05T09:00:00.000Z, request 019b…, click C0OPS)`, whatever somebody wrote into it. */
function named({ seq, what, actor, at, request_id, origin }: ChainedEvent, { audit: texts, events }: Texts): string {
  const request = request_id === null ? [] : [texts.request(request_id)];
  const facts = [eventWord(what, events.words), actor, timeOf(at), ...request, ...(origin === null ? [] : [origin])];
  return printable(texts.event(seq, facts));
}

function timeOf(at: string): string {
  const time = new Date(Number(at));
  return Number.isNaN(time.valueOf()) ? at : time.toISOString();
}
