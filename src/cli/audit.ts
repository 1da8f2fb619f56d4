/** `npm run audit`: verifies the audit trail, and says whether it is intact or what is the first thing wrong with it. */
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { eventWord } from "../ledger/audit/audit-log.ts";
import type { ChainedEvent } from "../ledger/audit/hash-chain.ts";
import { type Verification, verify } from "../ledger/audit/verification.ts";
import { readDatabaseUrl } from "../settings.ts";
import { type DatabaseAddress, openUnchanged } from "../storage/open.ts";
import { CannotOpen } from "../storage/open-problem.ts";
import { isTableMissing, whyOf } from "../storage/store-errors.ts";
import { textsOf } from "../text/texts.ts";

/** What the exit code says: intact; tampered with; nothing could be said. */
const exit = { intact: 0, tampered: 1, unknown: 2 } as const;

const { audit: texts, events, start } = textsOf(process.env["LOCALE"] === "zh-CN" ? "zh-CN" : "en");

process.exitCode = await audit();

async function audit(): Promise<number> {
  const asked = readArguments();
  if (!asked) return giveUp(texts.usage);
  const url = readDatabaseUrl(process.env);
  if (!url.ok) return giveUp(url.problems.map(start.problem).join("\n"));
  // A wrong path must not become a new ledger.
  if (url.address.engine === "sqlite" && !existsSync(url.address.path)) return giveUp(texts.noTrail);
  try {
    return tell(await verifyAt(url.address, asked.expect));
  } catch (error) {
    if (error instanceof CannotOpen && error.problem.kind !== "away")
      return giveUp(start.database("DATABASE_URL", error.problem));
    return giveUp(isTableMissing(error) ? texts.noTrail : texts.cannotRead(whyOf(error)));
  }
}

/** Undefined where they are not understood. */
function readArguments(): { expect: string | undefined } | undefined {
  try {
    const { expect } = parseArgs({ options: { expect: { type: "string" } } }).values;
    if (expect !== undefined && !/^[0-9a-f]{64}$/i.test(expect)) return undefined;
    return { expect: expect?.toLowerCase() };
  } catch {
    return undefined;
  }
}

async function verifyAt(address: DatabaseAddress, expect: string | undefined): Promise<Verification> {
  const store = await openUnchanged(address);
  try {
    return await verify(store.db, expect);
  } finally {
    await store.close();
  }
}

function tell(found: Verification): number {
  if (found.kind === "intact") {
    const { sealed, newest, unsealed, nextToSeal } = found;
    say(texts.intact(sealed, newest));
    say(texts.tail(unsealed, nextToSeal && named(nextToSeal)));
    return exit.intact;
  }
  say(tampering(found));
  return exit.tampered;
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
  return `#${seq} (${facts.join(", ").replace(/[\p{Cc}\p{Cf}]/gu, "")})`;
}

function timeOf(at: string): string {
  const time = new Date(Number(at));
  return Number.isNaN(time.valueOf()) ? at : time.toISOString();
}

function say(words: string): void {
  process.stdout.write(`${words}\n`);
}

function giveUp(words: string): number {
  process.stderr.write(`${words}\n`);
  return exit.unknown;
}
