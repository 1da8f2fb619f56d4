/** What happens in a workspace beside its messages: people and apps come and go, channels and groups change. */
import type { Conversation, State } from "./state.ts";
import type { UserGroup } from "./workspace.ts";

export function workspaceChanges(state: State) {
  function conversation(channel: string): Conversation {
    const found = state.conversations.get(channel);
    if (found === undefined) throw new Error(`no channel ${channel}`);
    return found;
  }

  return {
    /** Adds a person, or the bot by default, to a channel. */
    invite(channel: string, user = state.app.botUserId): void {
      conversation(channel).members.add(user);
      state.changed();
    },
    /** Removes a person, or the bot by default, from a channel. */
    kick(channel: string, user = state.app.botUserId): void {
      conversation(channel).members.delete(user);
      state.changed();
    },
    /** Archives a channel, or restores it. */
    archive(channel: string, isArchived = true): void {
      state.conversations.set(channel, { ...conversation(channel), isArchived });
      state.changed();
    },
    deactivate(user: string): void {
      const person = state.people.get(user);
      if (person === undefined) throw new Error(`no person ${user}`);
      state.people.set(user, { ...person, deleted: true });
      state.changed();
    },
    /** Changes the members of a user group, or whether it exists. */
    changeGroup(id: string, change: Partial<Pick<UserGroup, "users" | "handle" | "isDisabled">>): void {
      const group = state.groups.get(id);
      if (group === undefined) throw new Error(`no user group ${id}`);
      state.groups.set(id, { ...group, ...change });
      state.changed();
    },
  };
}
