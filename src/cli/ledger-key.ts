/** `npm run ledger-key -- enable | change | disable`: signs the ledger, or removes the signatures. */
import { ledgerKey } from "./commands/ledger-key.ts";
import { runInTerminal } from "./terminal.ts";

await runInTerminal(ledgerKey);
