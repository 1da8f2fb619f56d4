/** Calls that Slack refuses until the operator acts, for the log, `/readyz` and `/metrics`. */
import type { Logger } from "pino";
import type { Clock } from "../../../domain/clock.ts";
import { refusalOf, type SlackApi, scopeNeededFor } from "../web-api.ts";
import { essentialOf, grantedScopes, missingScopes, refusedPart } from "./scopes.ts";

export interface SlackHealth {
  /** Passes calls on and records how Slack responds to the bot's token. */
  watching(slack: SlackApi): SlackApi;
  /** Why the bot cannot work right now, one line for each reason, with known details; undefined while it can. */
  problem(beside: string | undefined): string | undefined;
  /** How many kinds of calls Slack refuses right now. */
  refusals(): number;
}

export interface SlackHealthNeeds {
  clock: Clock;
  log: Logger;
}

/** How often the same refusal is logged, in milliseconds. */
const logEveryMs = 3_600_000;

export function createSlackHealth({ clock, log }: SlackHealthNeeds): SlackHealth {
  let lacking: readonly string[] = [];
  /** Keyed by method for a missing scope, and by `token` for the token itself. */
  const refusals = new Map<string, { what: string; loggedAt: number }>();

  function note(method: string, error: unknown): void {
    const code = refusalOf(error);
    if (code === undefined) return;
    const part = refusedPart(code, method);
    if (part === "other") {
      answered(method);
      return;
    }
    const scope = scopeNeededFor(error);
    const what =
      part === "token"
        ? `Slack refuses the bot's token: ${code}`
        : `Slack refuses ${method}: ${code}${scope ? ` (${scope})` : ""}`;
    const key = part === "token" ? "token" : method;
    const known = refusals.get(key);
    const now = clock.monotonic();
    if (known?.what === what && now - known.loggedAt < logEveryMs) return;
    // Without one scope, the rest of the bot still works; without the token, nothing does.
    log[part === "token" ? "error" : "warn"](
      { method, code, scope },
      `${what}. The operator has to act: see "Slack" in operating.md`,
    );
    refusals.set(key, { what, loggedAt: now });
  }

  function answered(method: string): void {
    refusals.delete("token");
    refusals.delete(method);
  }

  /** Slack names the granted scopes with every answer. */
  function noteScopes(answer: unknown): void {
    const granted = grantedScopes(answer);
    if (granted === undefined) return;
    const missing = missingScopes(granted);
    if (missing.join() === lacking.join()) return;
    lacking = missing;
    if (missing.length === 0) log.info("the bot's token has all the scopes that it needs");
    else log.warn({ missing }, `${lackingSentence(missing)}. Install the app again with the scopes of manifest.yml`);
  }

  return {
    watching: (slack) => async (method, args) => {
      try {
        const answer = await slack(method, args);
        answered(method);
        noteScopes(answer);
        return answer;
      } catch (error) {
        note(method, error);
        throw error;
      }
    },

    problem(beside) {
      const scopes = essentialOf(lacking);
      const lines = [
        ...(beside === undefined ? [] : [beside]),
        ...[...refusals.values()].map(({ what }) => what),
        ...(scopes.length > 0 ? [lackingSentence(scopes)] : []),
      ];
      return lines.length === 0 ? undefined : lines.join("\n");
    },

    refusals: () => refusals.size,
  };
}

function lackingSentence(scopes: readonly string[]): string {
  return `the bot's token lacks ${scopes.length === 1 ? "the scope" : "the scopes"} ${scopes.join(", ")}`;
}
