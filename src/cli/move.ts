/** `npm run move -- FROM TO`: moves a ledger from one database to another. */
import { move } from "./commands/move.ts";
import { runInTerminal } from "./terminal.ts";

await runInTerminal(move);
