/** Converts the text that a person types after a command to what Slack sends to the app (`should_escape`). */
import type { State } from "../state.ts";
import type { Person } from "../workspace.ts";

export type Names = {
  /** The id of the person with this handle, if there is one. */
  person(handle: string): string | undefined;
  /** The channel with this name, if there is one that the sender can see. */
  channel(name: string): { readonly id: string; readonly isPrivate: boolean } | undefined;
  userGroup(handle: string): string | undefined;
};

export type TypingRules = {
  readonly shouldEscape: boolean;
  /** Send `<@U1|ann>`, as observed, instead of `<@U1>`, as documented. Apps must accept both. */
  readonly labels: boolean;
  /** Mobile clients also create telephone links, and a merchant number looks like a telephone number. */
  readonly mobile: boolean;
};

/** The names of the workspace as they resolve for this sender. */
export function namesFor(state: State, person: Person): Names {
  const byName = [...state.conversations.values()].filter(({ kind }) => kind === "public" || kind === "private");
  return {
    person: (handle: string) => [...state.people.values()].find(({ name }) => name === handle.toLowerCase())?.id,
    channel: (name: string) => {
      const found = byName.find((one) => one.name === name && (one.kind === "public" || one.members.has(person.id)));
      return found === undefined ? undefined : { id: found.id, isPrivate: found.kind === "private" };
    },
    userGroup: (handle: string) =>
      [...state.groups.values()].find((group) => group.handle === handle && group.isDisabled !== true)?.id,
  };
}

/** The `text` field of the command's payload. */
export function sentText(typed: string, names: Names, rules: TypingRules): string {
  // Unconfirmed for should_escape=false, but an app that unescapes entities handles both.
  if (!rules.shouldEscape) return entities(typed);
  let sent = "";
  let at = 0;
  for (const match of typed.matchAll(interesting)) {
    const linked = link(match[0], match.groups ?? {}, names, rules);
    if (linked === undefined) continue;
    sent += entities(typed.slice(at, match.index)) + linked;
    at = match.index + match[0].length;
  }
  return sent + entities(typed.slice(at));
}

const interesting = new RegExp(
  [
    String.raw`(?<url>https?://[^\s<>|]+)`,
    String.raw`(?<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)`,
    String.raw`(?<![\w@])@(?<handle>[\p{L}\p{N}._-]+)`,
    String.raw`(?<![\w#&])#(?<channel>[\p{L}\p{N}_-]+)`,
    String.raw`(?<![\w.@/-])(?<domain>(?:[a-z0-9-]+\.)+(?:com|net|org|cn|io|dev|app|co|info)(?:/[^\s<>|]*)?)(?![\w-])`,
    String.raw`(?<![\w+])(?<phone>\+?\d{8,15})(?!\w)`,
  ].join("|"),
  "giu",
);

function link(
  whole: string,
  groups: Readonly<Record<string, string | undefined>>,
  names: Names,
  rules: TypingRules,
): string | undefined {
  const { mail, handle, channel, domain, phone } = groups;
  if (groups["url"] !== undefined) return `<${entities(whole)}>`;
  if (mail !== undefined) return `<mailto:${mail}|${mail}>`;
  if (domain !== undefined) return `<http://${entities(domain)}|${entities(domain)}>`;
  if (phone !== undefined) return rules.mobile ? `<tel:${phone}|${phone}>` : undefined;
  if (channel !== undefined) {
    const found = names.channel(channel);
    if (found === undefined) return undefined;
    // Slack does not reveal the name of a private channel.
    if (found.isPrivate) return `<#${found.id}|>`;
    return rules.labels ? `<#${found.id}|${channel}>` : `<#${found.id}>`;
  }
  if (handle === undefined) return undefined;
  if (["here", "channel", "everyone"].includes(handle))
    return rules.labels ? `<!${handle}|@${handle}>` : `<!${handle}>`;
  const group = names.userGroup(handle);
  if (group !== undefined) return `<!subteam^${group}|@${handle}>`;
  const person = names.person(handle);
  if (person === undefined) return undefined;
  return rules.labels ? `<@${person}|${handle}>` : `<@${person}>`;
}

function entities(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
