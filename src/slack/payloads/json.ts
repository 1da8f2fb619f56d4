/** Data that the bot stores in Slack as text and gets back with a payload. */
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
