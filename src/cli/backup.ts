/** `npm run backup -- FILE`: copies the ledger while the bot runs, and verifies the copy. */
import { backup } from "./commands/backup.ts";
import { runInTerminal } from "./terminal.ts";

await runInTerminal(backup);
