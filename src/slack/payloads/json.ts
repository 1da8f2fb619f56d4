/** What the bot gave Slack to keep as text, and gets back. */
import { z } from "zod";

/** Text -> what it is as JSON. */
export const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue("not JSON");
    return z.NEVER;
  }
});
