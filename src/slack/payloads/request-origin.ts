/** Where a requester is, and where their request is posted. */

/** Where a requester is while they submit. */
export interface RequestOrigin {
  by: "command" | "shortcut";
  /** Undefined for a shortcut that was not used on a message. */
  channelId?: string;
}

/** The channel that gets the request's message. */
export interface Destination {
  channelId: string;
  /** Whether this is not the channel where they are. */
  isElsewhere: boolean;
}
