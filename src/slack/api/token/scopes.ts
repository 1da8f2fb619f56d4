/** The bot scopes of manifest.yml, and Slack's refusals that only the bot's operator can resolve. */

/** Without these, nobody can use the bot. */
const essential = ["commands", "chat:write", "users:read", "channels:read", "groups:read"] as const;
/** Each of these scopes enables one feature. */
const additional = ["files:read", "files:write", "usergroups:read", "im:write"] as const;

export const neededScopes: readonly string[] = [...essential, ...additional];

/** The scopes in an answer's header `x-oauth-scopes`; undefined if Slack did not name any. */
export function grantedScopes(answer: unknown): readonly string[] | undefined {
  const { scopes } = (answer as { response_metadata?: { scopes?: unknown } } | undefined)?.response_metadata ?? {};
  return Array.isArray(scopes) ? scopes.map(String) : undefined;
}

/** The needed scopes that were not granted, in the order of `neededScopes`. */
export function missingScopes(granted: readonly string[]): string[] {
  return neededScopes.filter((scope) => !granted.includes(scope));
}

/** The scopes without which nobody can use the bot. */
export function essentialOf(scopes: readonly string[]): string[] {
  return scopes.filter((scope) => (essential as readonly string[]).includes(scope));
}

/** Slack refuses the token for every method; see "Errors" of auth.test. */
const ofTheToken =
  /^(invalid_auth|not_authed|account_inactive|token_revoked|token_expired|not_allowed_token_type|team_access_not_granted|org_login_required|ekm_access_denied|enterprise_is_restricted|access_denied|user_removed_from_team|team_disabled)$/;

/** What was refused: the token itself, its scopes for one method, or something else. */
export function refusedPart(code: string, method?: string): "token" | "scope" | "other" {
  // Slack also answers it for a file that somebody else uploaded; see "Errors" of files.completeUploadExternal.
  if (method === "files.uploadV2" && code === "access_denied") return "other";
  if (ofTheToken.test(code)) return "token";
  return code === "missing_scope" || code === "no_permission" ? "scope" : "other";
}

/** Whether only the bot's operator can resolve the refusal, so that trying again does not help. */
export function isForOperator(code: string | undefined): boolean {
  return code !== undefined && refusedPart(code) !== "other";
}
