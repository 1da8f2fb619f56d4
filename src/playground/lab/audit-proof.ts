/** Shows what the audit says about the demo's ledger, and about a copy in which somebody has changed one row. */
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { startAttachedProcess } from "../attached-process.ts";
import { startOptions } from "../bot-process.ts";
import type { LedgerView } from "./ledger/ledger-view.ts";

const auditScript = fileURLToPath(new URL("../../cli/audit.ts", import.meta.url));
/** Replaces the approver in the newest approval that is sealed, as somebody could who has the database. */
const change = `update events set actor = 'U0EVE00001'
where seq = (select max(seq) from events join seals on event_seq = seq where what = 'approved')`;

/** What `npm run audit` prints about either. */
export type AuditProof = { readonly intact: string; readonly changed: string; readonly change: string };

/** @param environment the bot's; the bot's own ledger is only read */
export async function proveAudit(
  ledger: LedgerView,
  environment: Readonly<Record<string, string>>,
): Promise<AuditProof> {
  const copy = await ledger.copy();
  try {
    const audit = (): Promise<string> => auditOf({ ...environment, DATABASE_URL: copy.url });
    const intact = await audit();
    await copy.change(change);
    return { intact, changed: await audit(), change };
  } finally {
    await copy.remove();
  }
}

async function auditOf(environment: Record<string, string>): Promise<string> {
  const audit = startAttachedProcess([...startOptions, auditScript], environment);
  const [out, err] = await Promise.all([text(audit.stdout), text(audit.stderr)]);
  return `${out}${err}`.trim();
}
