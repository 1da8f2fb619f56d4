/** `npm run texts -- LOCALE`: prints every text that people read. */
import { texts } from "./commands/texts.ts";
import { runInTerminal } from "./terminal.ts";

await runInTerminal(texts);
