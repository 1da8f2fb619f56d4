/** `npm run doctor`: checks what can be wrong with an installation before somebody in Slack meets it. */
import { doctor } from "./doctor/run.ts";
import { refuse, say } from "./terminal.ts";

process.exitCode = await doctor(process.argv.slice(2), process.env, { say, complain: refuse });
