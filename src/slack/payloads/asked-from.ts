/** Where somebody asked, and where the request is posted. */

/** Where somebody is while they ask. */
export interface AskedFrom {
  by: "command" | "shortcut";
  /** Undefined for a shortcut that was not used on a message. */
  channelId?: string;
}

/** The channel that gets the request's message. */
export interface Destination {
  channelId: string;
  /** It is another one than where they are. */
  isElsewhere: boolean;
}
