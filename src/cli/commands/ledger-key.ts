/** `npm run ledger-key -- enable | change | disable`: signs the ledger with LEDGER_KEY, or removes the signatures. */
import { type KeyChange, keyProblem, replaceKey } from "../../ledger/audit/keys/ledger-key.ts";
import { badMacs } from "../../ledger/audit/keys/mac-verification.ts";
import { type LedgerKey, signWith } from "../../ledger/audit/keys/macs.ts";
import { differences } from "../../ledger/audit/replay/differences.ts";
import { verify } from "../../ledger/audit/verification.ts";
import type { Environment } from "../../settings/environment.ts";
import { readDatabaseUrl, readLedgerKey, readOldLedgerKey } from "../../settings/for-commands.ts";
import { createLedgerClock } from "../../storage/ledger-clock.ts";
import { missingFile, openStore } from "../../storage/open.ts";
import { findOtherUser, type OtherUser } from "../../storage/open-sessions.ts";
import type { Store } from "../../storage/schema.ts";
import { whyOf } from "../../storage/store-errors.ts";
import { systemClock, systemRandom } from "../../system-clock.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import { type CommandContext, commandOf, whyNotOpen } from "./command.ts";

const changes = ["enable", "change", "disable"] as const;
type Change = (typeof changes)[number];

const outcomes = { enable: "enabled", change: "changed", disable: "disabled" } as const;

export const ledgerKey = commandOf({ usage: ({ ledgerKey: texts }) => texts.usage, read: readChange, run });

function readChange([given, ...more]: readonly string[]): Change | undefined {
  return more.length === 0 ? changes.find((each) => each === given) : undefined;
}

async function run(asked: Change, context: CommandContext): Promise<boolean> {
  const { ledgerKey: texts, start } = context.texts;
  const { refuse } = context.terminal;
  const url = readDatabaseUrl(context.env);
  if (!url.ok) return refuse(url.problems.map(start.problem).join("\n"));
  const keys = readKeys(asked, context.env, context.texts);
  if (typeof keys === "string") return refuse(keys);
  const { address } = url;
  const missing = missingFile(address);
  if (missing !== undefined) return refuse(texts.noLedger(missing));
  let store: Store | undefined;
  try {
    store = await openStore(address, { isPatient: true, accept: "current" });
    return await change(store, asked, keys, context);
  } catch (error) {
    const why = whyNotOpen(error, { name: "DATABASE_URL", address, start });
    return refuse(why === undefined ? texts.failed(whyOf(error)) : texts.cannotOpen(why));
  } finally {
    await store?.close();
  }
}

/** The ledger's current key and its new key; undefined if there is none. */
interface Keys {
  before: { variable: string; key: LedgerKey } | undefined;
  after: LedgerKey | undefined;
}

/** The keys, or their problems. */
function readKeys(asked: Change, env: Environment, { ledgerKey: texts, start }: Texts): Keys | string {
  const current = { variable: "LEDGER_KEY", read: readLedgerKey(env) };
  const old = { variable: "LEDGER_KEY_OLD", read: readOldLedgerKey(env) };
  const needed = asked === "change" ? [current, old] : [current];
  const problems = needed.flatMap(({ variable, read }) => {
    if (!read.ok) return read.problems.map((problem) => start.problem(problem));
    return read.key ? [] : [texts.needsKey(variable)];
  });
  if (problems.length > 0) return problems.join("\n");
  const [key, oldKey] = [current, old].map(({ read }) => (read.ok ? read.key : undefined));
  switch (asked) {
    case "enable":
      return { before: undefined, after: key };
    case "change":
      return { before: oldKey && { variable: old.variable, key: oldKey }, after: key };
    case "disable":
      return { before: key && { variable: current.variable, key }, after: undefined };
    default:
      return asked satisfies never;
  }
}

async function change(
  store: Store,
  asked: Change,
  { before, after }: Keys,
  { texts: { ledgerKey: texts }, terminal: { say, refuse } }: CommandContext,
): Promise<boolean> {
  const user = await findOtherUser(store);
  if (user) return refuse(usedBy(user, texts));
  const problem = await keyProblem(store.db, before?.key);
  // The last run of this command may have been interrupted after its last step.
  const isThere = problem !== undefined && after !== undefined && (await keyProblem(store.db, after)) === undefined;
  if (isThere && asked === "change") return refuse(texts.changedAlready);
  if (isThere) {
    say(texts.sameAlready);
    return true;
  }
  if (problem === "missing") return refuse(texts.enabledAlready);
  if (problem === "not-enabled") return refuse(texts.notEnabled);
  if (problem === "other") return refuse(texts.otherKey(before?.variable ?? "LEDGER_KEY"));
  if (!(await isSound(store, before?.key))) return refuse(texts.differs);
  const what: KeyChange = `key-${outcomes[asked]}`;
  const { now } = await createLedgerClock({ store, clock: systemClock });
  // The audit of a large ledger takes a while, in which a bot may have been started.
  const newUser = await findOtherUser(store);
  if (newUser) return refuse(usedBy(newUser, texts));
  await replaceKey(store, what, after, { now: now(), instance: systemRandom.id() });
  say(texts[outcomes[asked]]);
  return true;
}

function usedBy(user: OtherUser, texts: Texts["ledgerKey"]): string {
  return user.kind === "instance" ? texts.usedBy.instance(Math.ceil(user.deadInMs / 1_000)) : texts.usedBy[user.kind];
}

/** Records that do not match their trail or their MACs must not be signed. */
async function isSound(store: Store, key: LedgerKey | undefined): Promise<boolean> {
  if ((await verify(store.db)).kind !== "intact") return false;
  for await (const _ of differences(store, () => {})) return false;
  signWith(store.db, key);
  if (key) for await (const _ of badMacs(store)) return false;
  return true;
}
