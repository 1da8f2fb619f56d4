/** The answer about a request that the ledger does not have: it was pruned, or another deployment has it. */
import { dayMs } from "../../domain/time/beijing-time.ts";
import type { Pruning } from "../../ledger/retention/last-pruning.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import type { Intent, SlackParts } from "../context.ts";

/** RETAIN in days, rounded down. */
export function retainedDays({ retainMs }: Pruning): number {
  return Math.floor(retainMs / dayMs);
}

/** @param shown turns the sentence into a reply */
export async function unknownRequest<Reply>(
  ledger: SlackParts["ledger"],
  shown: (text: string, texts: Texts) => Reply,
): Promise<Extract<Intent<Reply>, { kind: "answered" }>> {
  const pruning = await ledger.retention.last();
  const text = ({ decided }: Texts) => (pruning ? decided.pruned(retainedDays(pruning)) : decided.unknown);
  return { kind: "answered", reply: (texts) => shown(text(texts), texts) };
}
