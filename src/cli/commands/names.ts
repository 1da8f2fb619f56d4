/** `npm run names -- import FILE | export`: the merchant directory. */
import { adoptLedgerKey, LedgerKeyRefused } from "../../ledger/audit/keys/ledger-key.ts";
import { readDatabaseUrl, readLedgerKey } from "../../settings/for-commands.ts";
import { createLedgerClock } from "../../storage/ledger-clock.ts";
import { missingFile, openStore } from "../../storage/open.ts";
import type { Store } from "../../storage/schema.ts";
import { whyOf } from "../../storage/store-errors.ts";
import { systemClock, systemRandom } from "../../system-clock.ts";
import { standardInput } from "../names/directory-bytes.ts";
import { exportNames } from "../names/export-names.ts";
import { importNames } from "../names/import-names.ts";
import { type CommandContext, commandOf, whyNotOpen } from "./command.ts";

type Asked = { kind: "import"; file: string } | { kind: "export" };

export const names = commandOf({ usage: ({ names: texts }) => texts.usage.join("\n"), read: readAsked, run });

function readAsked([verb, file, ...more]: readonly string[]): Asked | undefined {
  if (more.length > 0) return undefined;
  if (verb === "export" && file === undefined) return { kind: "export" };
  const isOption = file?.startsWith("-") && file !== standardInput;
  return verb === "import" && file !== undefined && !isOption ? { kind: "import", file } : undefined;
}

async function run(asked: Asked, context: CommandContext): Promise<boolean> {
  const { env, terminal } = context;
  const { names: texts, start } = context.texts;
  const { refuse } = terminal;
  const url = readDatabaseUrl(env);
  const key = readLedgerKey(env);
  const problems = [url, key].flatMap((read) => (read.ok ? [] : read.problems));
  if (!url.ok || !key.ok) return refuse(problems.map(start.problem).join("\n"));
  const { address } = url;
  const missing = missingFile(address);
  if (missing !== undefined) return refuse(texts.noLedger(missing));
  const { failed, cannotOpen } = asked.kind === "import" ? texts : texts.exporting;
  let store: Store | undefined;
  try {
    store = await openStore(address, { isPatient: true, accept: "current" });
    if (asked.kind === "export") return await exportNames(store.db, context);
    await adoptLedgerKey(store, key.key);
    const clock = await createLedgerClock({ store, clock: systemClock });
    const ours = env["WECHATPAY_MCHID"];
    const ledger = { store, clock, random: systemRandom, mchid: ours ?? "", instance: systemRandom.id() };
    return await importNames(ledger, { file: asked.file, ours }, context);
  } catch (error) {
    if (error instanceof LedgerKeyRefused) return refuse(cannotOpen(start.ledgerKey[error.problem]));
    const why = whyNotOpen(error, { name: "DATABASE_URL", address, start });
    return refuse(why === undefined ? failed(whyOf(error)) : cannotOpen(why));
  } finally {
    await store?.close();
  }
}
