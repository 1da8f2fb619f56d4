/** Start-up errors in a terminal, in English: wrong settings and how to fix them. */
import type { CertificatesProblem } from "../../../domain/platform-certificates/platform-certificates.ts";
import type { DatabaseProblem } from "../../../domain/startup/database-problem.ts";
import type { SettingsProblem, SettingsWarning } from "../../../settings.ts";
import { envFile, problemOf, unknownName } from "./settings.ts";

const newCertificate =
  "Apply for a new one on the partner platform (账户中心, API 安全), and set WECHATPAY_SERIAL_NO, WECHATPAY_PRIVATE_KEY and WECHATPAY_CERTIFICATE together.";

/** A day, in UTC. @param at milliseconds since 1970 */
const day = (at: number) => new Date(at).toISOString().slice(0, 10);

/** What to do about a bot token that Slack refuses, by Slack's error code. */
const tokenAdvice: Readonly<Record<string, string>> = {
  token_revoked: "It was revoked: install the app again, copy the new SLACK_BOT_TOKEN, and start again.",
  token_expired: "It has expired: switch off token rotation for the app, copy a new SLACK_BOT_TOKEN, and start again.",
  account_inactive:
    "The app was removed from the workspace, or its bot was deactivated: install the app again, copy the new SLACK_BOT_TOKEN, and start again.",
  not_allowed_token_type:
    "It is not a bot token: copy the Bot User OAuth Token, xoxb-…, into SLACK_BOT_TOKEN (api.slack.com/apps, OAuth & Permissions), and start again.",
  team_access_not_granted:
    "The organization has not installed the app in the workspace: install it there, copy that installation's SLACK_BOT_TOKEN, and start again.",
};

/** What to do about a certificate of a database server. @param name of the setting with its address */
const certificateAdvice = {
  issuer: (name: string) =>
    `Name the certificate of the authority that issued it: sslrootcert=/PATH/ca.pem in ${name}, or NODE_EXTRA_CA_CERTS. Do not use sslmode=no-verify, which accepts the certificate of anyone.`,
  host: (name: string) => `Put a host name into ${name} that the certificate contains.`,
  date: () => "Renew the certificate at the server, or correct this machine's clock.",
};

export const start = {
  wrongSettings: (count: number) =>
    `The bot cannot start: ${count === 1 ? "one setting is" : `${count} settings are`} missing or wrong.`,
  /** The likely cause of the other problems. */
  first: "Correct this first:",
  missing: "Missing:",
  wrong: "Wrong:",
  problem: (problem: SettingsProblem) =>
    problem.kind === "unknown-name" ? unknownName(problem) : `${problemOf(problem)}.`,
  afterwards:
    "The page .github/docs/operating.md explains where to find each value. To try the bot without any settings: npm run demo",
  /** Probable mistakes that do not prevent the start. */
  warning(warning: SettingsWarning): string {
    switch (warning.kind) {
      case "unknown-name":
        return unknownName(warning);
      case "env-file":
        return `${envFile(warning)}.`;
      case "signing-secret":
        return "SLACK_SIGNING_SECRET is not 32 hexadecimal digits, as Slack's signing secrets are. If Slack's requests are refused, copy it again (api.slack.com/apps, Basic Information).";
      case "ticket-in-number":
        return `TICKET_PATTERN also matches in sub-merchant numbers, such as ${warning.number}: a number that someone writes in a reason counts as a ticket. Let tickets contain letters, as with OPS-[0-9]+.`;
      case "certificate-expired":
        return `The API certificate in WECHATPAY_CERTIFICATE expired on ${day(warning.at)}: WeChat Pay refuses every call. ${newCertificate}`;
      case "certificate-expires":
        return `The API certificate in WECHATPAY_CERTIFICATE expires on ${day(warning.at)}: WeChat Pay then refuses every call. ${newCertificate}`;
      default:
        return warning satisfies never;
    }
  },
  noAdmin:
    "Nobody is an admin, so nobody can grant roles. Set RECEIPT_ADMINS to the admins' Slack user IDs, then restart the bot.",
  /** Why WeChat Pay's platform certificates are no help, and what to do. */
  platformCertificates: {
    none: "WeChat Pay has no platform certificates for this provider, which uses WeChat Pay's public key. Set WECHATPAY_PUBLIC_KEY_ID and WECHATPAY_PUBLIC_KEY (partner platform, 账户中心, API 安全), remove WECHATPAY_APIV3_KEY, and restart the bot.",
    "wrong-key":
      "WECHATPAY_APIV3_KEY does not decrypt WeChat Pay's platform certificates: it is not the current APIv3 key of WECHATPAY_MCHID. WeChat Pay never shows this key: use the one that was set last, or set a new one (partner platform, 账户中心, API 安全).",
    unusable:
      "None of WeChat Pay's platform certificates is valid now, with an RSA key of 2048 bits and the serial number that WeChat Pay names. Check the clock of the bot's machine (NTP), and ask WeChat Pay's support if it is correct.",
  } satisfies Record<CertificatesProblem, string>,
  slackRefuses: (error: string) =>
    `Slack refuses the bot's token (${error}). ${tokenAdvice[error] ?? "Copy SLACK_BOT_TOKEN again from api.slack.com/apps, OAuth & Permissions, and start again."}`,
  organizationWide:
    "SLACK_BOT_TOKEN belongs to an organization-wide installation, in which the bot cannot look people up. Install the app in the team's workspace only (api.slack.com/apps, Install App), copy that installation's SLACK_BOT_TOKEN, and start again.",
  /** The deployment that a ledger belongs to. */
  owner: (team: string | undefined, app: string | undefined, mchid: string) =>
    [...(team ? [`workspace ${team}`] : []), ...(app ? [`Slack app ${app}`] : []), `WECHATPAY_MCHID ${mchid}`].join(
      ", ",
    ),
  ownedByAnother: (ledger: string, own: string) =>
    `The ledger in DATABASE_URL belongs to another deployment (${ledger}) and not to this one (${own}): give this deployment its own database.`,
  slackRefusesAppToken: (error: string) =>
    `Slack refuses the app-level token (${error}). Create one with the scope connections:write (api.slack.com/apps, Basic Information), set SLACK_APP_TOKEN to it, and start again.`,
  /** Problems with the group in ESCALATE_TO, by cause. */
  escalationGroup: {
    unknown: (id: string) =>
      `ESCALATE_TO names ${id}, but Slack has no such user group, or the group is disabled: nobody will be notified of requests that wait too long. Copy the ID from the group's page in Slack (⋯, Copy group ID), or enable the group there, and restart the bot.`,
    empty: (id: string) =>
      `ESCALATE_TO names ${id}, but this user group has no members: nobody will be notified of requests that wait too long. Add people to it in Slack.`,
    plan: (id: string) =>
      `ESCALATE_TO names ${id}, but this workspace's plan has no user groups: nobody will be notified of requests that wait too long. Remove ESCALATE_TO and ESCALATE_AFTER from the settings, or change the plan.`,
    scope: (id: string) =>
      `The bot cannot check whether the user group ${id} in ESCALATE_TO exists, because it lacks the scope usergroups:read. Install the app again with the scopes in manifest.yml, and restart the bot.`,
    unasked: (id: string) =>
      `The bot cannot check whether the user group ${id} in ESCALATE_TO exists, because Slack did not answer. It checks again at the next start.`,
  },
  portTaken: (setting: "PORT" | "OPS_PORT", port: number) =>
    `Port ${port} is in use by another program. Set ${setting} to a free one, or stop the other program.`,
  cannotListen: (settings: string, why: string) =>
    `The bot cannot listen on the address or port in ${settings} (${why}). Set an address of this machine and a port that the bot may use.`,
  /** @param name the setting or the address that names the database, without a password */
  database(name: string, problem: DatabaseProblem): string {
    switch (problem.kind) {
      case "address":
        return `${name} cannot be read as an address. Write @ : / ? # and % in its user name or password as %40 %3A %2F %3F %23 and %25.`;
      case "no-folder":
        return `${name} names a file in the folder ${problem.folder}, which does not exist. Create the folder, or correct the path.`;
      case "full":
        return `${name} names ${problem.path}, whose disk is full. Free some space.`;
      case "file":
        return `${name} names ${problem.path}, which cannot be opened for writing (${problem.why}). Check the path, and the permissions of the file and its folder.`;
      case "damaged":
        return `${name} names ${problem.path}, which is not a SQLite database or is damaged (${problem.why}). Correct the path, or restore a backup.`;
      case "without-log":
        return `${name} names ${problem.path}, but ${problem.path}-wal, which holds the newest commits, is missing: without it, the ledger is in an older state. Put that file back, restore a backup (npm run restore), or, to continue with what is left, remove ${problem.path}-shm.`;
      case "log-alone":
        return `${name} names ${problem.path}, which is missing or empty, although ${problem.path}-wal, which holds its newest commits, is there. Put the ledger's file back beside it. For a new ledger, move ${problem.path}-wal and -shm away.`;
      case "locked":
        return `${name} names ${problem.path}, which another program keeps locked. Close that program, and try again.`;
      case "no-tls":
        return `${name} requires TLS (sslmode), but the server does not offer it. Turn TLS on at the server, or remove sslmode.`;
      case "tls-required":
        return `The server of ${name} accepts only connections with TLS. Add sslmode=verify-full to ${name} (…/DATABASE?sslmode=verify-full).`;
      case "certificate":
        return `The bot does not accept the certificate of the server of ${name} (${problem.why}). ${certificateAdvice[problem.fault](name)}`;
      case "tls-file":
        return `${name} names the file ${problem.path} for TLS, which cannot be read (${problem.why}). Check the path in sslrootcert, sslcert or sslkey, and the file's permissions.`;
      case "unreachable":
        return `The server of ${name} cannot be reached, or accepts no connections now (${problem.why}). Check that it runs, then the address and the network.`;
      case "too-many-connections":
        return `The server of ${name} accepts no more connections (${problem.why}). An instance of the bot uses up to 10: raise the server's limit, or close other connections.`;
      case "no-right":
        return `The user of ${name} lacks a permission (${problem.why}). Allow this user to create tables in the schema and to write to them.`;
      case "no-schema":
        return `${name} does not select a schema: the schema in search_path does not exist, or the user may not use it. Create the schema, or grant the user USAGE and CREATE on it.`;
      case "no-triggers":
        return `The user of ${name} has triggers turned off (session_replication_role = replica), so that the audit trail could be changed. Remove the setting from the user, the database or the server: alter role … reset session_replication_role.`;
      case "encoding":
        return `The database of ${name} has the encoding ${problem.encoding}, which cannot store Chinese. Create a database with the encoding UTF8 (create database … template template0 encoding 'UTF8') and name it in ${name}.`;
      case "pooler":
        return `A connection pooler refuses a parameter of ${name} (${problem.why}). Remove options=… from ${name}, and set the same parameter for the user instead (alter role … set search_path = …).`;
      case "no-ledger":
        return `The database of ${name} contains no ledger. Correct the address, or start the bot, which creates one.`;
      case "older":
        return `The ledger in ${name} is older than this version of the bot: it lacks the migration step ${problem.step}. Use the version that wrote it; or stop the bot, back up the ledger, start this version once, and run this again.`;
      case "newer":
        return `The ledger in ${name} was written by a newer version of the bot: this version does not know its migration step ${problem.step}. Use the newer version.`;
      case "away":
        return `The database of ${name} cannot be opened (${problem.why}). Check the address, and that the bot may write to the database.`;
      default:
        return problem satisfies never;
    }
  },
  /** LEDGER_KEY does not match the ledger's key, by cause. */
  ledgerKey: {
    missing:
      "This ledger is signed, and LEDGER_KEY is not set. Set it to the ledger's key. If you no longer want signatures, then run npm run ledger-key -- disable, which needs that key too.",
    other:
      "LEDGER_KEY is not the key that this ledger is signed with. Set it to the ledger's key, or run npm run ledger-key -- change to replace that key.",
    "not-enabled":
      "LEDGER_KEY is set, and this ledger has events without MACs. Check them, and run npm run ledger-key -- enable to sign them first.",
  },
};
