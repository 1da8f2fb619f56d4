/** The ledger in DATABASE_URL, opened without changing it, or the reason why it cannot be opened. */
import { accessSync, constants, existsSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseProblem } from "../../domain/startup/database-problem.ts";
import { readDatabaseUrl } from "../../settings/for-commands.ts";
import type { Environment, SettingsProblem } from "../../settings.ts";
import { appliedSteps } from "../../storage/migrations/applied-steps.ts";
import { type DatabaseAddress, defaultSqlitePath, openUnchanged, pathOf, refuseSeparated } from "../../storage/open.ts";
import { asCannotOpen, CannotOpen, type ServerFacts, serverFacts } from "../../storage/open-problem.ts";
import type { Store } from "../../storage/schema.ts";
import { codeOf } from "../../storage/store-errors.ts";

export type Opened =
  | { kind: "open"; store: Store; applied: readonly string[]; facts: ServerFacts | undefined; address: DatabaseAddress }
  /** There is no file yet, and the first start can create it. */
  | { kind: "none"; path: string }
  /** A newer version of the bot made it. */
  | { kind: "newer"; problem: DatabaseProblem }
  | { kind: "closed"; problem: DatabaseProblem }
  | { kind: "no-address"; problems: readonly SettingsProblem[] };

export interface LedgerAccess {
  open(): Promise<Opened>;
  close(): Promise<void>;
}

export function createLedgerAccess(env: Environment): LedgerAccess {
  let opened: Promise<Opened> | undefined;
  return {
    open: () => (opened ??= openAt(env)),
    async close() {
      const found = await opened?.catch(() => undefined);
      if (found?.kind === "open") await found.store.close();
    },
  };
}

async function openAt(env: Environment): Promise<Opened> {
  const url = readDatabaseUrl(env);
  if (!url.ok) return { kind: "no-address", problems: url.problems };
  const { address } = url;
  let store: Store | undefined;
  try {
    if (address.engine === "sqlite") {
      refuseSeparated(address.path);
      if (!existsSync(address.path)) return beforeTheFirstStart(address.path);
    }
    store = await openUnchanged(address);
    const facts = address.engine === "postgres" ? await serverFacts(store.db) : undefined;
    const applied = await appliedSteps(store);
    return { kind: "open", store, applied, facts, address };
  } catch (error) {
    await store?.close();
    const found = asCannotOpen(error, pathOf(address));
    if (!(found instanceof CannotOpen)) throw found;
    return { kind: found.problem.kind === "newer" ? "newer" : "closed", problem: found.problem };
  }
}

function beforeTheFirstStart(path: string): Opened {
  const folder = dirname(path);
  if (!existsSync(folder))
    return path === defaultSqlitePath
      ? { kind: "none", path }
      : { kind: "closed", problem: { kind: "no-folder", folder } };
  const why = whyUnwritable(folder);
  return why === undefined ? { kind: "none", path } : { kind: "closed", problem: { kind: "file", path, why } };
}

/** The system's reason why this user may not write to a file or make files in a folder; undefined if it may. */
export function whyUnwritable(path: string): string | undefined {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    return codeOf(error);
  }
}
