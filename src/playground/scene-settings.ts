/** How the demo's scene follows the bot's settings, and which of them it cannot play. */
import { demoChannel, type demoPeople } from "./playground.ts";

/** What the scene needs to know of the bot's settings. */
export interface SceneSettings {
  /** As many as APPROVERS_NEEDED asks for. */
  approvers: readonly (keyof typeof demoPeople)[];
  /** Where the commands are typed: three channels, or fewer if RECEIPT_CHANNELS leaves fewer. */
  channels: readonly [string, ...string[]];
  /** GOLDPLAN. */
  goldplan: string;
  /** TICKET_EXAMPLE, which then ends every reason. */
  ticket: string | undefined;
}

const approvers = ["bob", "dan"] as const;
const channels = [demoChannel, "C0NEWSTORE", "C0CLOSINGS"] as const;

/**
 * Reads the bot's environment. The bot checks the values itself, before the scene begins.
 * @returns a sentence that names the setting if the scene cannot be played with it
 */
export function sceneSettings(environment: Readonly<Record<string, string>>): SceneSettings | string {
  const {
    APPROVERS_NEEDED = "1",
    RECEIPT_CHANNELS = "",
    TICKET_PATTERN,
    TICKET_EXAMPLE,
    GOLDPLAN = "off",
  } = environment;
  const allowed = RECEIPT_CHANNELS.split(/[\s,]+/).filter((id) => id !== "");
  const [first, ...others] = channels.filter((id) => allowed.length === 0 || allowed.includes(id));
  const without = "The demo goes on without its scene:";
  if (Number(APPROVERS_NEEDED) > approvers.length)
    return `${without} with APPROVERS_NEEDED=${APPROVERS_NEEDED}, it would need more than its ${approvers.length} approvers.`;
  if (first === undefined) return `${without} RECEIPT_CHANNELS names none of its channels (${channels.join(", ")}).`;
  if (TICKET_PATTERN !== undefined && TICKET_EXAMPLE === undefined)
    return `${without} with TICKET_PATTERN, its reasons need a ticket; set TICKET_EXAMPLE, and they contain it.`;
  return {
    approvers: approvers.slice(0, Number(APPROVERS_NEEDED)),
    channels: [first, ...others],
    goldplan: GOLDPLAN,
    ticket: TICKET_EXAMPLE,
  };
}
