/** The reference signer as a process of its own, the way `npm run signer` starts it. */
import { fileURLToPath } from "node:url";
import { type BotProcess, startBotProcess, startOptions } from "../../../src/playground/bot-process.ts";

export const signerMain = fileURLToPath(new URL("../../../src/signer/main.ts", import.meta.url));

/** @param environment the signer's settings; it inherits only PATH */
export function startSignerProcess(environment: Record<string, string>): BotProcess {
  return startBotProcess(environment, [...startOptions, signerMain]);
}
