/** `npm run restore -- FILE`: replaces the ledger with a backup. */
import { restore } from "./commands/restore.ts";
import { runInTerminal } from "./terminal.ts";

await runInTerminal(restore);
