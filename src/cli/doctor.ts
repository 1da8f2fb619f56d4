/** `npm run doctor`: finds problems with an installation before someone in Slack encounters them. */
import { doctor } from "./doctor/run.ts";
import { runInTerminal } from "./terminal.ts";

await runInTerminal(doctor);
