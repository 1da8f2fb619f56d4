/** Reads JSON of the ledger, such as the detail of an event, that someone may have changed or damaged. */

/** Parses an object from JSON; empty for anything else, which the bot did not write. */
export function parseObject(json: string | null): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json ?? "{}");
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
