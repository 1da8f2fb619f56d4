/** Converts an error that prevents the start to a sentence for the operator, if they can resolve it. */
import { LedgerKeyRefused } from "./ledger/audit/keys/ledger-key.ts";
import { OwnedByAnother } from "./ledger/instances/ownership.ts";
import type { Settings } from "./settings.ts";
import { OrganizationWide } from "./slack/api/token/installation.ts";
import { refusalOf } from "./slack/api/web-api.ts";
import { SlackAway } from "./slack/api/workspace.ts";
import { CannotOpen } from "./storage/open-problem.ts";
import { codeOf, isDamaged, whyOf } from "./storage/store-errors.ts";
import type { Texts } from "./text/en/catalogue.ts";

/** Undefined for anything else: a bug or a broken machine. */
export function startupError(error: unknown, settings: Settings, { start }: Texts): string | undefined {
  if (error instanceof SlackAway && error.refused !== undefined) return start.slackRefuses(error.refused);
  if (error instanceof OrganizationWide) return start.organizationWide;
  if (error instanceof OwnedByAnother) {
    const [ledger, own] = [error.ledger, error.own].map(({ team, app, mchid }) => start.owner(team, app, mchid));
    return start.ownedByAnother(ledger ?? "", own ?? "");
  }
  if (error instanceof LedgerKeyRefused) return start.ledgerKey[error.problem];
  const refusedSocket = refusalOf(error);
  if (refusedSocket !== undefined) return start.slackRefusesAppToken(refusedSocket);
  if (error instanceof CannotOpen) return start.database("DATABASE_URL", error.problem);
  // SQLite reads a page only when a statement needs it, so damage often shows after the file was opened.
  const { DATABASE_URL: address } = settings;
  if (isDamaged(error) && address.engine === "sqlite")
    return start.database("DATABASE_URL", { kind: "damaged", path: address.path, why: whyOf(error) });
  return listenError(error, settings, start);
}

/** Undefined for an error that is not about listening. */
function listenError(error: unknown, { OPS_PORT, OPS_HOST }: Settings, start: Texts["start"]) {
  if (!(error instanceof Error && "syscall" in error)) return undefined;
  const isLookup = error.syscall === "getaddrinfo" && "hostname" in error && error.hostname === OPS_HOST;
  if (!isLookup && error.syscall !== "listen") return undefined;
  const port = "port" in error ? Number(error.port) : undefined;
  const isOps = isLookup || port === OPS_PORT;
  if (codeOf(error) !== "EADDRINUSE" || port === undefined)
    return start.cannotListen(isOps ? "OPS_HOST, OPS_PORT" : "PORT", whyOf(error));
  return start.portTaken(isOps ? "OPS_PORT" : "PORT", port);
}
