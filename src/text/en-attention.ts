/** What the bot says to draw attention to requests that wait, and of who wants to be told, in English. */
export const attention = {
  firstReminder: (when: string) => `Approvers are reminded ${when}`,
  lastReminder: (when: string) => `Approvers were last reminded ${when}`,
  nextReminder: (when: string) => `next ${when}`,
  escalates: (when: string) => `on-call group to be told ${when}`,
  escalated: (when: string) => `on-call group told ${when}`,
  reminder: (person: string, since: string, until: string, link: string | undefined) =>
    `Asked for by ${person}, ${since}, and waits for a decision until ${until}${link ? ` (${link})` : ""}.`,
  endReminders: (command: string) =>
    `You are reminded because you are an approver. \`${command} notify off\` ends that.`,
  toGroup: (group: string, since: string, until: string) =>
    `${group} this has waited for a decision since ${since}, and expires ${until}. An approver decides with the buttons of the message above.`,
};

export const notifying = {
  stands: {
    on: (command: string) =>
      `You get each request that waits for approvers as a direct message, and reminders of it. \`${command} notify off\` ends both.`,
    off: (command: string) =>
      `You get neither requests nor reminders as direct messages, and can decide all the same. \`${command} notify on\` brings both.`,
    unsaid: (command: string) =>
      `You get reminders of requests that wait for approvers, and not the requests themselves. \`${command} notify on\` brings these too, \`${command} notify off\` ends the reminders.`,
  },
  brokenGlass: "A broken glass is told to every approver in any case.",
};
