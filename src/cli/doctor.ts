/** `npm run doctor`: finds problems with an installation before someone in Slack encounters them. */
import { doctor } from "./doctor/run.ts";
import { refuse, say } from "./terminal.ts";

process.exitCode = await doctor(process.argv.slice(2), process.env, { say, complain: refuse });
