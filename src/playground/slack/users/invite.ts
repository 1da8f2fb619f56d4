/** Slack's own command `/invite @name`, which adds people and apps to a channel. */
import type { Conversation, State } from "../state.ts";
import type { Person } from "../workspace.ts";

/** Adds everyone who is named, and posts for each the line that Slack shows. */
export function invite(state: State, by: Person, { id, kind, name, members }: Conversation, words: string) {
  const refused = (error: string, errorText: string, about = "") => {
    return { acknowledged: false, afterMs: 0, error, errorText, about };
  };
  if (kind !== "public" && kind !== "private") return refused("invite_elsewhere", "/invite works in channels only");
  const handles = words.split(/[\s,]+/).filter((word) => word !== "");
  const named = handles.map((word) =>
    [...state.people.values()].find((person) => `@${person.name}` === word.toLowerCase()),
  );
  const unknown = handles.find((_, place) => named[place] === undefined);
  if (unknown !== undefined) return refused("invite_unknown", `There is no ${unknown} here`, unknown);
  if (handles.length === 0) return refused("invite_nobody", `Whom? /invite @${appName(state)}`, appName(state));
  for (const person of named) {
    if (person === undefined || members.has(person.id)) continue;
    members.add(person.id);
    const text = `was added to #${name} by ${by.realName}.`;
    state.post({ text, blocks: [], attachments: [], linkNames: false, parse: "full", channel: id, author: person.id });
  }
  return { acknowledged: true, afterMs: 0 };
}

function appName({ people, app }: State): string {
  return people.get(app.botUserId)?.name ?? "";
}
