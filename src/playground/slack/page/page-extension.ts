/** What a demo adds to the page of the local Slack. */
import type { Json, JsonObject } from "../json.ts";

/** What stands beside the local Slack on its page. */
export type PageExtension = {
  /** The roles that each person holds, by user id; undefined if unknown. */
  readonly roles?: () => Promise<ReadonlyMap<string, readonly string[]>>;
  /** Whether any instance of the bot runs or is starting; absent if the page cannot start one. */
  readonly hasBot?: () => boolean;
  /** The panes that it fills. */
  readonly panes?: readonly string[];
  /** Answers to GET /playground/<name>. */
  readonly read?: Readonly<Record<string, (query: URLSearchParams) => Json | Promise<Json>>>;
  /** Actions by POST /playground/<name>. */
  readonly act?: Readonly<Record<string, (body: JsonObject) => Json | Promise<Json>>>;
};

/** A row of the page's list: a description, and the command that it puts into the composer. */
export type Note = { readonly title: string; readonly text: string };
