/** Sample values for the texts of the start and of the terminal's commands; the doctor's stand in doctor-samples.ts. */
import type { Texts } from "../../text/en/catalogue.ts";
import { databaseProblems, settingsProblems } from "./startup-samples.ts";

export const sampleEvent = "#12 (approved, U0BOB, 2026-11-24T16:00:00.000Z)";

export function terminalSamples(texts: Texts): Record<string, readonly unknown[]> {
  const away = ["connect ECONNREFUSED 127.0.0.1:5432"];
  const cannotOpen = [texts.start.database("DATABASE_URL", { kind: "address" })];
  return {
    "restore.file": ["/srv/backup/receipts.db"],
    "restore.from": ["/srv/backup/receipts.db"],
    "restore.step": ["0014-left-out"],
    "restore.to": ["data/receipts.db"],
    "restore.why": ["database disk image is malformed"],
    "restore.undecided.count": [0, 1, 3],
    "backup.file": ["/srv/backup/receipts.db"],
    "backup.why": ["database or disk is full"],
    "audit.before": [sampleEvent, undefined],
    "audit.event": [sampleEvent],
    "start.problem": settingsProblems,
    "start.warning": [
      { kind: "unknown-name", name: "WECHATPAY_MCH_ID", nearest: "WECHATPAY_MCHID" },
      { kind: "unknown-name", name: "SLACK_TEAM", nearest: undefined },
      { kind: "signing-secret" },
      { kind: "ticket-in-number", number: "1900000109" },
      { kind: "certificate-expired", at: 1_764_000_000_000 },
      { kind: "certificate-expires", at: 1_764_000_000_000 },
      { kind: "env-file", path: ".env", why: "EACCES" },
    ],
    "start.database.problem": databaseProblems,
    "start.database.name": ["DATABASE_URL", "postgres://db.internal:5432/receipts"],
    "start.setting": ["PORT", "OPS_PORT"],
    "start.settings": ["PORT", "OPS_HOST, OPS_PORT"],
    "audit.field": [texts.audit.fields.state, texts.audit.fields.decided_by],
    "audit.event.seq": ["12"],
    "audit.event.facts": [["approved", "U0BOB"]],
    "audit.found": ["approved", undefined],
    "audit.expected": ["pending", undefined],
    "audit.subject.grant.id": ["user:U2:approver"],
    "audit.subject": [texts.audit.subject.request("019a0c")],
    "audit.notTheChain.expected": ["0".repeat(64)],
    "audit.maybePruned.expected": ["0".repeat(64)],
    "ledgerKey.why": away,
    "audit.why": away,
    "start.why": ["EACCES"],
    "start.escalationGroup.id": ["S0ONCALL01"],
    "backup.cannotOpen.why": cannotOpen,
    "restore.cannotOpen.why": cannotOpen,
    "ledgerKey.cannotOpen.why": cannotOpen,
    "move.cannotOpen.why": cannotOpen,
    "move.database": ["sqlite:data/receipts.db", "postgres://db.internal:5432/receipts"],
    "move.from": ["sqlite:data/receipts.db"],
    "move.seconds": [1, 12],
    "move.table": ["operations"],
    "move.to": ["postgres://db.internal:5432/receipts"],
    "move.why": away,
    "output.why": ["ENOSPC: no space left on device, write"],
  };
}
