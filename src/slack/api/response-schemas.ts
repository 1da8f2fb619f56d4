/** What the bot reads of Slack's answers, method by method; everything else is ignored. */
import { z } from "zod";
import { userAnswer } from "./users/users-info.ts";

export const slackAnswers = {
  "apps.connections.open": z.object({ url: z.string() }),
  "auth.test": z.object({
    team_id: z.string(),
    enterprise_id: z.string().nullish(),
    url: z.string().default("https://slack.com/"),
    user: z.string().default("receipt"),
    bot_id: z.string().nullish(),
    is_enterprise_install: z.union([z.boolean(), z.string()]).nullish(),
  }),
  "bots.info": z.object({ bot: z.object({ app_id: z.string().optional() }) }),
  "chat.postMessage": z.object({ ts: z.string(), channel: z.string().optional() }),
  "conversations.info": z.object({
    channel: z.object({
      is_member: z.boolean().nullish(),
      is_archived: z.boolean().nullish(),
      is_im: z.boolean().nullish(),
      is_mpim: z.boolean().nullish(),
    }),
  }),
  "conversations.open": z.object({ channel: z.object({ id: z.string() }) }),
  "files.getUploadURLExternal": z.object({ upload_url: z.string(), file_id: z.string() }),
  /** Slack's client for files combines the answers of its calls: each has the files that were completed together. */
  "files.uploadV2": z.object({
    files: z.tuple([z.object({ files: z.tuple([z.object({ id: z.string() })]) })]),
  }),
  "usergroups.list": z.object({ usergroups: z.array(z.object({ id: z.string(), handle: z.string() })) }),
  "usergroups.users.list": z.object({ users: z.array(z.string()) }),
  "users.info": userAnswer,
} as const;

/** A method whose answer the bot reads. */
export type AnsweredMethod = keyof typeof slackAnswers;
export type SlackAnswer<Method extends AnsweredMethod> = z.infer<(typeof slackAnswers)[Method]>;

/**
 * An answer without what Slack documents, perhaps of something between the bot and Slack. Without a cause: operators
 * read the innermost message, and zod's has a line for each property.
 */
export class UnexpectedAnswer extends Error {
  /** @param names of the properties that are missing or of another type */
  constructor(method: string, names: readonly string[]) {
    super(`the answer to ${method} is not as Slack documents it (${names.join(", ")})`);
    this.name = "UnexpectedAnswer";
  }
}

/** @throws UnexpectedAnswer if it lacks what the bot needs */
export function readAnswer<Method extends AnsweredMethod>(method: Method, answer: unknown): SlackAnswer<Method> {
  const read = slackAnswers[method].safeParse(answer);
  if (read.success) return read.data as SlackAnswer<Method>;
  throw new UnexpectedAnswer(method, [...new Set(read.error.issues.map(({ path }) => path.join(".")))]);
}
