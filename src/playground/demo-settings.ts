/** Which settings of its own environment the demo passes on to the bot. */

/** What Node, npm and the test runner put there for this process alone. */
const ofThisProcess = /^(?:NODE|npm)_/i;
/** The bot reads them, but the demo must not: they would lead out of this machine or to another bot. */
const elsewhere = ["SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_COMMAND", "HTTPS_PROXY", "https_proxy"];
/** Of a log without its first lines, the demo could not tell when the bot has started. */
const neverPassed = [...elsewhere, "LOG_LEVEL"];

/** What the demo sets where its environment does not, so that the page can show everything. */
export const demoDefaults: Readonly<Record<string, string>> = { GOLDPLAN: "on" };

/**
 * The bot's environment: everything that is set for the demo, under the demo's own settings.
 * `ignored`: what was set and does not reach the bot, because the demo has its own.
 */
export function demoSettings(
  given: Readonly<Record<string, string | undefined>>,
  own: Readonly<Record<string, string>>,
): { environment: Record<string, string>; ignored: readonly string[] } {
  const taken = new Set([...Object.keys(own), ...neverPassed].flatMap((name) => [name, `${name}_FILE`]));
  const environment: Record<string, string> = {};
  const ignored: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === "" || ofThisProcess.test(name)) continue;
    if (taken.has(name)) ignored.push(name);
    else environment[name] = value;
  }
  return { environment: { ...environment, ...own }, ignored: ignored.sort() };
}
