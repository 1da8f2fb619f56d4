/** Shows what the audit says about the demo's ledger, and about a copy in which somebody has changed one row. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { startAttachedProcess } from "../attached-process.ts";
import { startOptions } from "../bot-process.ts";
import type { LedgerView } from "./ledger-view.ts";

const auditScript = fileURLToPath(new URL("../../cli/audit.ts", import.meta.url));

/** What `npm run audit` prints about either. */
export type AuditProof = { readonly intact: string; readonly changed: string; readonly change: string };

/** @param environment the bot's; the bot's own ledger is only read */
export async function proveAudit(
  ledger: LedgerView,
  environment: Readonly<Record<string, string>>,
): Promise<AuditProof> {
  const folder = await mkdtemp(join(tmpdir(), "receipt-audit-"));
  try {
    const path = join(folder, "copy.db");
    ledger.rows("vacuum into ?", path);
    const audit = (): Promise<string> => auditOf({ ...environment, DATABASE_URL: `sqlite:${path}` });
    const intact = await audit();
    const change = changeOneRow(path);
    return { intact, changed: await audit(), change };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Replaces the approver in the newest approval, as somebody could who has the file. Returns the statement. */
function changeOneRow(path: string): string {
  const db = new DatabaseSync(path);
  try {
    // The database itself refuses to change an event as long as its trigger is there.
    const change = `update events set actor = 'U0EVE00001'
where seq = (select max(seq) from events where what = 'approved')`;
    db.exec("drop trigger events_no_update");
    db.exec(change);
    return change;
  } finally {
    db.close();
  }
}

async function auditOf(environment: Record<string, string>): Promise<string> {
  const audit = startAttachedProcess([...startOptions, auditScript], environment);
  const [out, err] = await Promise.all([text(audit.stdout), text(audit.stderr)]);
  return `${out}${err}`.trim();
}
