/** Slack: the tokens and scopes, the connection on which Slack sends, and the people and channels of the settings. */
import { createInstances } from "../../ledger/instances/instances.ts";
import { escalationOf, type Settings } from "../../settings.ts";
import { escalationGroupProblem } from "../../slack/api/escalation-group.ts";
import { connectionFailure } from "../../slack/api/outbound.ts";
import { findInstallation, OrganizationWide } from "../../slack/api/token/installation.ts";
import { essentialOf, grantedScopes, missingScopes, neededScopes } from "../../slack/api/token/scopes.ts";
import { SlackAway } from "../../slack/api/workspace.ts";
import { type Check, type CheckResult, failed, notNeeded, ok, unseen, warning } from "./check.ts";
import type { DoctorContext } from "./context.ts";
import { withSlack } from "./remote-checks.ts";
import type { SlackAccess } from "./slack-access.ts";

export const slackChecks: readonly Check[] = [
  { name: "slack-token", run: (context) => withSlack(context, (slack) => checkToken(slack, context)) },
  { name: "slack-scopes", run: (context) => whereTokenWorks(context, checkScopes) },
  { name: "slack-app-token", run: (context) => withSlack(context, (slack) => checkAppToken(slack, context)) },
  { name: "slack-socket", run: (context) => withSlack(context, (slack) => checkSocket(slack, context)) },
  { name: "slack-hosts", run: (context) => withSlack(context, (...access) => checkHosts(...access, context)) },
  { name: "slack-channels", run: (context) => whereTokenWorks(context, checkChannels) },
  { name: "slack-admins", run: (context) => whereTokenWorks(context, checkAdmins) },
  { name: "slack-escalation", run: (context) => whereTokenWorks(context, checkEscalation) },
];

type Needs = { slack: SlackAccess; settings: Settings; context: DoctorContext };

/** Problems with the bot's token are reported once, by the token's check. */
function whereTokenWorks(context: DoctorContext, check: (needs: Needs) => Promise<CheckResult>): Promise<CheckResult> {
  return withSlack(context, async (slack, settings) => {
    const { away, refused, tokenFirst } = context.texts.doctor.slack;
    if (!(await slack.identity().catch(() => undefined))) return unseen(tokenFirst);
    try {
      return await check({ slack, settings, context });
    } catch (error) {
      if (!(error instanceof SlackAway)) throw error;
      return error.refused === undefined
        ? failed(away(connectionFailure(error.cause)))
        : unseen(refused(error.refused));
    }
  });
}

async function checkToken(slack: SlackAccess, { texts: { doctor, start } }: DoctorContext): Promise<CheckResult> {
  try {
    const { team, app } = await findInstallation(slack);
    const { url, botName } = await slack.workspace.identity();
    return ok(doctor.slack.workspace(url, team, botName, app));
  } catch (error) {
    if (error instanceof OrganizationWide) return failed(start.organizationWide);
    if (!(error instanceof SlackAway)) throw error;
    if (error.refused !== undefined) return failed(start.slackRefuses(error.refused));
    return failed(doctor.slack.away(connectionFailure(error.cause)));
  }
}

async function checkScopes({ slack, context }: Needs): Promise<CheckResult> {
  const { scopes } = context.texts.doctor;
  const granted = grantedScopes(await slack.identity());
  if (granted === undefined) return unseen(scopes.unknown);
  const missing = missingScopes(granted);
  const words = (list: readonly string[]) => list.join(", ");
  if (essentialOf(missing).length > 0) return failed(scopes.missing(words(missing)));
  if (missing.length > 0) return warning(scopes.missing(words(missing)));
  const extra = granted.filter((scope) => !neededScopes.includes(scope));
  return extra.length > 0 ? warning(scopes.extra(words(extra))) : ok(scopes.fine(granted.length));
}

async function checkAppToken(slack: SlackAccess, { texts: { doctor, start } }: DoctorContext): Promise<CheckResult> {
  const probe = await slack.socket();
  switch (probe?.kind) {
    case undefined:
      return notNeeded(doctor.socket.http);
    case "refused":
      return failed(start.slackRefusesAppToken(probe.error));
    case "unanswered":
      return failed(doctor.slack.away(probe.why));
    case "greeted":
    case "unconnected":
      return ok(doctor.socket.appToken);
    default:
      return probe satisfies never;
  }
}

async function checkSocket(slack: SlackAccess, context: DoctorContext): Promise<CheckResult> {
  const { socket } = context.texts.doctor;
  const probe = await slack.socket();
  switch (probe?.kind) {
    case undefined:
      return notNeeded(socket.http);
    case "refused":
    case "unanswered":
      return unseen(socket.appTokenFirst);
    case "unconnected":
      return failed(socket.unconnected(probe.why));
    case "greeted": {
      // Our own connection counts too.
      const others = probe.connections - 1;
      const { app: ours } = await findInstallation(slack).catch(() => ({ app: undefined }));
      if (ours !== undefined && probe.app !== undefined && probe.app !== ours)
        return failed(socket.otherApp(probe.app, ours));
      const instances = await liveInstances(context);
      return instances !== undefined && others > instances
        ? warning(socket.strangers(others, instances))
        : ok(socket.greeted(others));
    }
    default:
      return probe satisfies never;
  }
}

/** Slack's domains, each with hosts of their own for response URLs and for files, which a firewall can block alone. */
const slackDomains = ["slack.com", "slack-gov.com"];

async function checkHosts(slack: SlackAccess, settings: Settings, { texts }: DoctorContext): Promise<CheckResult> {
  const { hosts, slack: said } = texts.doctor;
  const api = new URL(settings.SLACK_API_URL);
  const whyNot = (address: string) => slack.reach(address).then(() => undefined, connectionFailure);
  const domain = slackDomains.find((each) => api.hostname === each || api.hostname.endsWith(`.${each}`));
  if (domain === undefined) {
    // A Slack at another address names its hosts only in payloads and replies.
    const why = await whyNot(api.origin);
    return why === undefined ? ok(hosts.unknown(api.host)) : failed(said.away(why));
  }
  const uses = [
    { host: `hooks.${domain}`, use: "answers" },
    { host: `files.${domain}`, use: "files" },
  ] as const;
  const found = await Promise.all(uses.map(async (each) => ({ ...each, why: await whyNot(`https://${each.host}/`) })));
  const wrong = found.flatMap(({ host, use, why }) => (why === undefined ? [] : [hosts[use](host, why)]));
  return wrong.length > 0 ? failed(...wrong) : ok(hosts.fine(uses.map(({ host }) => host).join(", ")));
}

/** How many instances of the bot are connected; undefined if no ledger shows it. */
async function liveInstances({ ledger, clock }: DoctorContext): Promise<number | undefined> {
  const opened = await ledger.open();
  if (opened.kind !== "open") return undefined;
  const { count } = createInstances({ store: opened.store, clock, id: "doctor", mode: "socket" });
  // A ledger that is older than the list of instances has none.
  return count("socket").catch(() => undefined);
}

async function checkChannels({ slack, settings, context }: Needs): Promise<CheckResult> {
  const { channels } = context.texts.doctor;
  const { RECEIPT_CHANNELS: ids } = settings;
  if (ids.length === 0) return ok(channels.any);
  const found = await Promise.all(ids.map(async (id) => ({ id, is: await slack.workspace.membership(id) })));
  const wrong = found.flatMap(({ id, is }) => (is === "in" ? [] : [channels[is](id)]));
  return wrong.length > 0 ? failed(...wrong) : ok(channels.fine(ids.length));
}

async function checkAdmins({ slack, settings, context }: Needs): Promise<CheckResult> {
  const { admins } = context.texts.doctor;
  const { RECEIPT_ADMINS: ids } = settings;
  if (ids.length === 0) return warning(admins.none);
  const found = await Promise.all(ids.map(async (id) => ({ id, is: await slack.workspace.standing(id) })));
  const wrong = found.flatMap(({ id, is }) => (is === "member" ? [] : [admins[is ?? "unknown"](id)]));
  return wrong.length > 0 ? failed(...wrong) : ok(admins.fine(ids.length));
}

async function checkEscalation({ slack, settings, context: { texts } }: Needs): Promise<CheckResult> {
  const escalation = escalationOf(settings);
  if (!escalation) return notNeeded(texts.doctor.escalation.off);
  const problem = await escalationGroupProblem({ escalation, workspace: slack.workspace, texts });
  if (!problem) return ok(texts.doctor.escalation.fine(escalation.to));
  return problem.kind === "unasked" ? unseen(problem.sentence) : failed(problem.sentence);
}
