/** What stands beside the local Slack on its page. */
export type PageExtension = {
  /** The roles that each person holds, by user id; undefined if unknown. */
  readonly roles?: () => ReadonlyMap<string, readonly string[]>;
};

/** A row of the page's list: a description, and the command that it puts into the composer. */
export type Note = { readonly title: string; readonly text: string };
