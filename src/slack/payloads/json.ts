/** JSON that comes from Slack as text: what the bot stored there and gets back, and the messages of Socket Mode. */
import { z } from "zod";

/** Parses text as JSON. */
export const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue("not JSON");
    return z.NEVER;
  }
});
