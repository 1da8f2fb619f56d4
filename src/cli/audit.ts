/** `npm run audit`: verifies the audit trail, and compares the ledger with it. */
import { audit } from "./commands/audit.ts";
import { runInTerminal } from "./terminal.ts";

await runInTerminal(audit);
