/** Finds the mentions in a message as Slack does, so that a test knows who would be notified. */
import { isArray, isObject, type Json, type JsonObject } from "./json.ts";

export type Mention = {
  readonly kind: "user" | "subteam" | "channel" | "here" | "everyone";
  /** The id of the user or user group. */
  readonly id?: string;
  /** Slack notifies by the blocks if a message has any; `text` is then only a fallback. */
  readonly where: "text" | "blocks";
  /** `markup`: written as `<…>`. `auto`: activated by `link_names` or a missing `verbatim:true`. */
  readonly by: "markup" | "auto";
};

export type MentionSource = {
  readonly text: string;
  readonly blocks: readonly JsonObject[];
  readonly attachments: readonly JsonObject[];
  readonly linkNames: boolean;
  readonly parse: string;
};

/** Every mention that Slack activates in the message, whether or not it notifies. */
export function mentionsIn(message: MentionSource): readonly Mention[] {
  // `parse:full` escapes markup and links names; `parse:none` leaves markup active.
  const full = message.parse === "full";
  const inText = [
    ...(full ? [] : byMarkup(message.text, "text")),
    ...(full || message.linkNames ? byName(message.text, "text") : []),
  ];
  const inAttachments = message.attachments.flatMap((attachment) =>
    ["pretext", "text", "title", "fallback"].flatMap((key) => {
      const text = attachment[key];
      if (typeof text !== "string") return [];
      return [...byMarkup(text, "text"), ...(message.linkNames ? byName(text, "text") : [])];
    }),
  );
  const inAttachedBlocks = message.attachments.flatMap((attachment) => inBlocks(attachment["blocks"]));
  return [...inText, ...inAttachments, ...inAttachedBlocks, ...inBlocks(message.blocks)];
}

const specials: Readonly<Record<string, Mention["kind"]>> = {
  here: "here",
  channel: "channel",
  group: "channel",
  everyone: "everyone",
};

function byMarkup(text: string, where: Mention["where"]): readonly Mention[] {
  const found: Mention[] = [];
  for (const [, inner = ""] of text.matchAll(/<([^<>]+)>/g)) {
    const [target = ""] = inner.split("|");
    if (/^@[UW][A-Z0-9]+$/.test(target)) found.push({ kind: "user", id: target.slice(1), where, by: "markup" });
    else if (target.startsWith("!subteam^")) {
      found.push({ kind: "subteam", id: target.slice("!subteam^".length), where, by: "markup" });
    } else if (target.startsWith("!")) {
      const kind = specials[target.slice(1)];
      if (kind !== undefined) found.push({ kind, where, by: "markup" });
    }
  }
  return found;
}

function byName(text: string, where: Mention["where"]): readonly Mention[] {
  const outsideMarkup = text.replaceAll(/<[^<>]*>/g, " ");
  return [...outsideMarkup.matchAll(/(?<![\p{L}\p{N}_@])@(here|channel|group|everyone)\b/gu)].flatMap(
    ([, name = ""]) => {
      const kind = specials[name];
      return kind === undefined ? [] : [{ kind, where, by: "auto" as const }];
    },
  );
}

/** Walks blocks. `plain_text` and rich text's `text` are never active; mrkdwn is, including names unless `verbatim`. */
function inBlocks(value: Json | undefined): readonly Mention[] {
  if (isArray(value)) return value.flatMap(inBlocks);
  if (!isObject(value)) return [];
  const where = "blocks";
  const { type } = value;
  const text = typeof value["text"] === "string" ? value["text"] : "";
  if (type === "mrkdwn") {
    return [...byMarkup(text, where), ...(value["verbatim"] === true ? [] : byName(text, where))];
  }
  if (type === "markdown") return [...byMarkup(text, where), ...byName(text, where)];
  if (type === "user" && typeof value["user_id"] === "string") {
    return [{ kind: "user", id: value["user_id"], where, by: "markup" }];
  }
  if (type === "usergroup" && typeof value["usergroup_id"] === "string") {
    return [{ kind: "subteam", id: value["usergroup_id"], where, by: "markup" }];
  }
  if (type === "broadcast" && typeof value["range"] === "string") {
    const kind = specials[value["range"]];
    return kind === undefined ? [] : [{ kind, where, by: "markup" }];
  }
  return Object.values(value).flatMap(inBlocks);
}
