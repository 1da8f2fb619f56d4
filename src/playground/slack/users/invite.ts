/** Slack's own command `/invite @name`, which adds people and apps to a channel. */
import type { Conversation, State } from "../state.ts";
import type { Person } from "../workspace.ts";

/** Adds everyone who is named, and posts for each the line that Slack shows. */
export function invite(state: State, by: Person, { id, kind, name, members }: Conversation, words: string) {
  const refused = (errorText: string) => {
    return { acknowledged: false, afterMs: 0, error: "not_invited", errorText };
  };
  if (kind !== "public" && kind !== "private") return refused("/invite works in channels only");
  const handles = words.split(/[\s,]+/).filter((word) => word !== "");
  const named = handles.map((word) =>
    [...state.people.values()].find((person) => `@${person.name}` === word.toLowerCase()),
  );
  const unknown = handles.find((_, place) => named[place] === undefined);
  if (handles.length === 0 || unknown !== undefined)
    return refused(unknown === undefined ? `Whom? /invite @${appName(state)}` : `There is no ${unknown} here`);
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
