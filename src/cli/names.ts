/** `npm run names -- import FILE | export`: the merchant directory. */
import { names } from "./commands/names.ts";
import { runInTerminal } from "./terminal.ts";

await runInTerminal(names);
