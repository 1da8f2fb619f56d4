/** `npm run ledger-key -- enable | change | disable`: signs the ledger with LEDGER_KEY, or removes the signatures. */
import { existsSync } from "node:fs";
import { type KeyChange, keyProblem, replaceKey } from "../ledger/audit/keys/ledger-key.ts";
import { badMacs } from "../ledger/audit/keys/mac-verification.ts";
import { type LedgerKey, signWith } from "../ledger/audit/keys/macs.ts";
import { differences } from "../ledger/audit/replay/differences.ts";
import { verify } from "../ledger/audit/verification.ts";
import type { Environment } from "../settings/environment.ts";
import { readDatabaseUrl, readLedgerKey } from "../settings/for-commands.ts";
import { createLedgerClock } from "../storage/ledger-clock.ts";
import { openStore } from "../storage/open.ts";
import { isOpenElsewhere } from "../storage/open-sessions.ts";
import type { Store } from "../storage/schema.ts";
import { whyOf } from "../storage/store-errors.ts";
import { systemClock, systemRandom } from "../system-clock.ts";
import { textsFor } from "../text/texts.ts";
import { refuse, runCommand, say, whyNotOpen } from "./terminal.ts";

const { ledgerKey: texts, start } = textsFor(process.env["LOCALE"]);

const commands = ["enable", "change", "disable"] as const;
type Command = (typeof commands)[number];

const outcomes = { enable: "enabled", change: "changed", disable: "disabled" } as const;

process.exitCode = await runCommand(texts.usage, readCommand, run);

function readCommand([given, ...more]: readonly string[]): Command | undefined {
  return more.length === 0 ? commands.find((each) => each === given) : undefined;
}

async function run(command: Command): Promise<boolean> {
  const url = readDatabaseUrl(process.env);
  if (!url.ok) return refuse(url.problems.map(start.problem).join("\n"));
  const keys = readKeys(command);
  if (typeof keys === "string") return refuse(keys);
  // A wrong path must not become a new ledger.
  const { address } = url;
  if (address.engine === "sqlite" && !existsSync(address.path)) return refuse(texts.noLedger(address.path));
  let store: Store | undefined;
  try {
    store = await openStore(address, { isPatient: true });
    return await change(store, command, keys);
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

/** The keys, or their problem. */
function readKeys(command: Command): Keys | string {
  const { LEDGER_KEY_OLD, LEDGER_KEY_OLD_FILE } = process.env;
  const current = readKey("LEDGER_KEY", process.env);
  if (typeof current === "string") return current;
  if (command === "enable") return { before: undefined, after: current };
  if (command === "disable") return { before: { variable: "LEDGER_KEY", key: current }, after: undefined };
  const old = readKey("LEDGER_KEY_OLD", { LEDGER_KEY: LEDGER_KEY_OLD, LEDGER_KEY_FILE: LEDGER_KEY_OLD_FILE });
  if (typeof old === "string") return old;
  return { before: { variable: "LEDGER_KEY_OLD", key: old }, after: current };
}

function readKey(variable: string, env: Environment): LedgerKey | string {
  const read = readLedgerKey(env);
  return read.ok && read.key ? read.key : texts.needsKey(variable);
}

async function change(store: Store, command: Command, { before, after }: Keys): Promise<boolean> {
  if (await isOpenElsewhere(store)) return refuse(texts.inUse);
  const problem = await keyProblem(store.db, before?.key);
  if (problem === "missing") return refuse(texts.enabledAlready);
  if (problem === "not-enabled") return refuse(texts.notEnabled);
  if (problem === "other") return refuse(texts.otherKey(before?.variable ?? "LEDGER_KEY"));
  if (!(await isSound(store, before?.key))) return refuse(texts.differs);
  const what: KeyChange = `key-${outcomes[command]}`;
  const { now } = await createLedgerClock({ store, clock: systemClock });
  await replaceKey(store, what, after, { now: now(), instance: systemRandom.id() });
  say(texts[outcomes[command]]);
  return true;
}

/** Records that do not match their trail or their MACs must not be signed. */
async function isSound(store: Store, key: LedgerKey | undefined): Promise<boolean> {
  if ((await verify(store.db)).kind !== "intact") return false;
  for await (const _ of differences(store, () => {})) return false;
  signWith(store.db, key);
  if (key) for await (const _ of badMacs(store)) return false;
  return true;
}
