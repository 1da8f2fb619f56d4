/** Start-up errors in a terminal, in English: wrong settings and how to fix them. */
import type { KeyProblem } from "../../../domain/key-problem.ts";
import type { DatabaseProblem } from "../../../domain/startup/database-problem.ts";
import type { SettingsProblem, SettingsWarning, Variable } from "../../../settings.ts";

const newCertificate =
  "Apply for a new one on the partner platform (账户中心, API 安全), and set WECHATPAY_SERIAL_NO, WECHATPAY_PRIVATE_KEY and WECHATPAY_CERTIFICATE together.";

/** A day, in UTC. @param at milliseconds since 1970 */
const day = (at: number) => new Date(at).toISOString().slice(0, 10);

/** What each variable should look like, after "NAME ". */
const expected: Record<Variable, string> = {
  SLACK_BOT_TOKEN: "must be the bot's token, xoxb-… (api.slack.com/apps, OAuth & Permissions)",
  SLACK_APP_TOKEN: "must be an app-level token, xapp-… (api.slack.com/apps, Basic Information)",
  SLACK_SIGNING_SECRET: "must be the app's signing secret, without spaces (api.slack.com/apps, Basic Information)",
  PORT: "must be a port number, 1 to 65535",
  SLACK_API_URL:
    "must be the base URL of Slack's Web API, such as https://slack.com/api/; http:// only for this machine itself",
  WECHATPAY_MCHID: "must be the service provider's own merchant number, digits only",
  WECHATPAY_SERIAL_NO:
    "must be the serial number of the API certificate, in hexadecimal: openssl x509 -in apiclient_cert.pem -noout -serial",
  WECHATPAY_PRIVATE_KEY: "must be the API private key, the text of apiclient_key.pem",
  WECHATPAY_PUBLIC_KEY_ID: "must be the ID of WeChat Pay's public key, PUB_KEY_ID_… (partner platform, API 安全)",
  WECHATPAY_PUBLIC_KEY: "must be WeChat Pay's public key, the text of pub_key.pem",
  WECHATPAY_CERTIFICATE: "must be the API certificate, the text of apiclient_cert.pem",
  WECHATPAY_ENDPOINTS: "must be a comma-separated list of https:// base URLs; http:// is allowed only for this machine",
  DATABASE_URL: "must be sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE",
  SLACK_COMMAND: "must be the command's name with its slash, such as /receipt",
  RECEIPT_ADMINS: "must be a comma-separated list of Slack user IDs, U…",
  RECEIPT_CHANNELS: "must be a comma-separated list of Slack channel IDs, C…",
  APPROVAL_POLICY: "must be four-eyes or self",
  APPROVERS_NEEDED: "must be the number of approvals that a request needs, 1 to 10",
  BULK_FROM: "must be the number of sub-merchants at which a request starts to need more approvals, 2 to 10000",
  BULK_APPROVERS_NEEDED: "must be the number of approvals that a request for many sub-merchants needs, 2 to 10",
  BREAK_GLASS: "must be off or on",
  REASON: "must be optional or required",
  WECHATPAY_RATE: "must be the maximum number of calls per second to WeChat Pay, above 0",
  REQUEST_TTL: "must be a number with s, m, h or d, such as 24h",
  STALE_AFTER: "must be at least one minute: a number with s, m, h or d, such as 1h",
  ESCALATE_AFTER: "must be a number with s, m, h or d, such as 4h",
  ESCALATE_TO: "must be the ID of a Slack user group, S… (its page in Slack, ⋯, Copy group ID)",
  LOCALE: "must be en or zh-CN",
  LOG_LEVEL: "must be trace, debug, info, warn, error, fatal or silent",
  OPS_PORT: "must be a port number, 1 to 65535",
  OPS_HOST: "must be the address to listen on, such as 127.0.0.1 or 0.0.0.0",
  LEDGER_KEY: "must be a secret of at least 32 bytes: openssl rand -base64 32",
};

/** What is wrong with a key and what to do; begins after "NAME ". */
const keyProblem: Record<KeyProblem, string> = {
  empty: "is empty. Enter the whole text of the PEM file, or name the file in …_FILE",
  binary: "contains bytes that are not text, like a .p12 or DER file. Use the .pem file from the same download",
  path: "contains a file name. Put the name in …_FILE, or enter the file's text",
  "literal-line-breaks": "has the two characters \\n in place of line breaks. Use real line breaks, or use …_FILE",
  "one-line": "is all on one line. A PEM text has line breaks: restore them, or use …_FILE",
  "no-armour": "lacks its first and last line, -----BEGIN …----- and -----END …-----. Enter the whole file",
  indented: "has lines that begin with spaces, as after pasting into YAML. Remove the spaces, or use …_FILE",
  cut: "is cut off: its last line -----END …----- is missing. Enter the whole file",
  encrypted: "is encrypted with a passphrase. Decrypt it: openssl pkcs8 -in KEY -out apiclient_key.pem",
  unreadable: "looks like PEM but cannot be read: some of its text was changed. Use the original file",
  certificate: "is a certificate, but the private key is expected: the text of apiclient_key.pem",
  "certificate-alone":
    "contains only a certificate. Add WeChat Pay's public key, the text of pub_key.pem (partner platform, API 安全)",
  "public-key": "is a public key, but the private key is expected: the text of apiclient_key.pem",
  "private-key":
    "is a private key, but WeChat Pay's public key is expected: the text of pub_key.pem. Do not put the private key here",
  "own-key": "is our own key, not WeChat Pay's. Download WeChat Pay's public key (partner platform, API 安全)",
  "own-certificate":
    "contains our own certificate, not WeChat Pay's key. Download WeChat Pay's public key (partner platform, API 安全)",
  "wrong-armour":
    "says PRIVATE KEY in its first line but contains an RSA PRIVATE KEY. Use the original apiclient_key.pem, or restore the right first and last lines",
  "wrong-public-armour":
    "says PUBLIC KEY in its first line but contains an RSA PUBLIC KEY. Use the original pub_key.pem (partner platform, API 安全)",
  "no-certificate": "contains no certificate: the text of apiclient_cert.pem is expected",
  "several-certificates": "contains more than one certificate. Keep only our own: the text of apiclient_cert.pem",
  "not-rsa": "is not an RSA key. WeChat Pay uses RSA keys of 2048 bits",
  "not-2048-bits": "is an RSA key, but not of 2048 bits, the length that WeChat Pay uses",
  "several-keys": "contains more than one key. Keep only the right one",
};

/** What is wrong with the proxy's address; begins after "NAME ". */
const proxyProblem: Record<Extract<SettingsProblem, { kind: "proxy" }>["problem"], string> = {
  scheme: "must be the address of an HTTP proxy, http://HOST:PORT; the bot does not use other kinds of proxies",
  address: "must be the proxy's address alone, http://HOST:PORT, without a path",
  port: "has no valid port: after the host come a colon and a number from 1 to 65535, http://HOST:PORT",
  encoding:
    "has a special character in its user name or password. Percent-encode it: # is %23, / is %2F, ? is %3F, @ is %40, % is %25",
};

/** What to do about a bot token that Slack refuses, by Slack's error code. */
const tokenAdvice: Readonly<Record<string, string>> = {
  token_revoked: "It was revoked: install the app again, copy the new SLACK_BOT_TOKEN, and start again.",
  token_expired: "It has expired: switch off token rotation for the app, copy a new SLACK_BOT_TOKEN, and start again.",
  account_inactive:
    "The app was removed from the workspace, or its bot was deactivated: install the app again, copy the new SLACK_BOT_TOKEN, and start again.",
  not_allowed_token_type:
    "It is not a bot token: copy the Bot User OAuth Token, xoxb-…, into SLACK_BOT_TOKEN (api.slack.com/apps, OAuth & Permissions), and start again.",
  team_access_not_granted:
    "The organisation has not installed the app into the workspace: install it there, copy that installation's SLACK_BOT_TOKEN, and start again.",
};

export const start = {
  wrongSettings: (count: number) =>
    `The bot cannot start: ${count === 1 ? "one setting is" : `${count} settings are`} missing or wrong.`,
  missing: "Missing:",
  wrong: "Wrong:",
  problem(problem: SettingsProblem): string {
    switch (problem.kind) {
      case "missing":
      case "malformed":
        return `${problem.variable} ${expected[problem.variable]}`;
      case "quoted":
        return `${problem.variable} has quotation marks around its value, which Docker takes as part of it. Remove them`;
      case "spaces":
        return `${problem.variable} begins or ends with a space or a line break. Remove it`;
      case "rotating-token":
        return `${problem.variable} is a rotating token (xoxe…), which expires after 12 hours. Use the token of an app without token rotation`;
      case "password-encoding":
        return `${problem.variable} has a special character in its user name or password. Percent-encode it: # is %23, / is %2F, ? is %3F, @ is %40, % is %25`;
      case "file-encoding":
        return `${problem.variable}_FILE names ${problem.path}, which is saved as UTF-16. Save it as UTF-8`;
      case "byte-order-mark":
        return `${problem.variable} has a byte order mark before its name, so it is not recognised. Save the file as UTF-8 without BOM`;
      case "env-file":
        return `The file ${problem.path} cannot be read (${problem.why}), so its settings are missing. Save it as UTF-8 and let the bot's user read it`;
      case "proxy":
        return `${problem.variable} ${proxyProblem[problem.problem]}`;
      case "no-mode":
        return "SLACK_APP_TOKEN (Socket Mode: an app-level token, xapp-…) or SLACK_SIGNING_SECRET (HTTP mode: the app's signing secret): set one of the two";
      case "half-bulk":
        return "BULK_FROM and BULK_APPROVERS_NEEDED belong together: set both or neither";
      case "half-escalation":
        return "ESCALATE_AFTER and ESCALATE_TO belong together: set both or neither";
      case "late-escalation":
        return "ESCALATE_AFTER must be shorter than REQUEST_TTL: expired requests are not escalated";
      case "file-unreadable":
        return `${problem.variable}_FILE names ${problem.path}, which cannot be read (${problem.why})`;
      case "given-twice":
        return `${problem.variable} and ${problem.variable}_FILE are both set: keep only one of them`;
      case "key":
        return `${problem.variable} ${keyProblem[problem.problem]}`;
      case "certificate-serial":
        return `WECHATPAY_SERIAL_NO is not the serial number of WECHATPAY_CERTIFICATE, which is ${problem.serialNo}. Use the certificate, the serial number and the private key of one download`;
      case "certificate-owner":
        return "WECHATPAY_CERTIFICATE was issued to another merchant than WECHATPAY_MCHID: its common name must be the service provider's merchant number";
      case "certificate-key":
        return "WECHATPAY_PRIVATE_KEY does not belong to WECHATPAY_CERTIFICATE. Use apiclient_key.pem and apiclient_cert.pem of one download";
      default:
        return problem satisfies never;
    }
  },
  afterwards:
    "The page .github/docs/operating.md explains where to find each value. To try the bot without any settings: npm run demo",
  /** What the bot starts with, and is probably a mistake. */
  warning(warning: SettingsWarning): string {
    switch (warning.kind) {
      case "unknown-name":
        return `${warning.name} is not a setting of this bot, so it has no effect.${warning.nearest === undefined ? "" : ` Did you mean ${warning.nearest}?`}`;
      case "signing-secret":
        return "SLACK_SIGNING_SECRET is not 32 hexadecimal digits, as Slack's signing secrets are. If Slack's requests are refused, copy it again (api.slack.com/apps, Basic Information).";
      case "certificate-expired":
        return `The API certificate in WECHATPAY_CERTIFICATE expired on ${day(warning.at)}: WeChat Pay refuses every call. ${newCertificate}`;
      case "certificate-expires":
        return `The API certificate in WECHATPAY_CERTIFICATE expires on ${day(warning.at)}: WeChat Pay then refuses every call. ${newCertificate}`;
      default:
        return warning satisfies never;
    }
  },
  noAdmin:
    "Nobody is an admin, so nobody can grant roles. Put the Slack user ids of the admins into RECEIPT_ADMINS and restart the bot.",
  slackRefuses: (error: string) =>
    `Slack refuses the bot's token (${error}). ${tokenAdvice[error] ?? "Copy SLACK_BOT_TOKEN again from api.slack.com/apps, OAuth & Permissions, and start again."}`,
  organisationWide:
    "SLACK_BOT_TOKEN belongs to an installation for the whole organisation, where the bot cannot look people up. Install the app into the team's workspace alone (api.slack.com/apps, Install App), copy that installation's SLACK_BOT_TOKEN, and start again.",
  /** Whose a ledger is. */
  owner: (team: string | undefined, app: string | undefined, mchid: string) =>
    [...(team ? [`workspace ${team}`] : []), ...(app ? [`Slack app ${app}`] : []), `WECHATPAY_MCHID ${mchid}`].join(
      ", ",
    ),
  ownedByAnother: (ledger: string, own: string) =>
    `The ledger in DATABASE_URL belongs to another deployment (${ledger}) and not to this one (${own}): give this deployment a database of its own.`,
  slackRefusesAppToken: (error: string) =>
    `Slack refuses the app-level token (${error}). Create one with the scope connections:write (api.slack.com/apps, Basic Information), put it into SLACK_APP_TOKEN, and start again.`,
  /** Problems with the group in ESCALATE_TO, by cause. */
  escalationGroup: {
    unknown: (id: string) =>
      `ESCALATE_TO names ${id}, but Slack has no such user group, or the group is disabled: nobody will be notified of requests that wait too long. Copy the ID from the group's page in Slack (⋯, Copy group ID), or enable the group there, and restart the bot.`,
    empty: (id: string) =>
      `ESCALATE_TO names ${id}, but this user group has no members: nobody will be notified of requests that wait too long. Add people to it in Slack.`,
    plan: (id: string) =>
      `ESCALATE_TO names ${id}, but this workspace's plan has no user groups: nobody will be notified of requests that wait too long. Remove ESCALATE_TO and ESCALATE_AFTER from the settings, or change the plan.`,
    scope: (id: string) =>
      `The bot cannot check whether the user group ${id} in ESCALATE_TO exists, because it lacks the scope usergroups:read. Install the app again with the scopes of manifest.yml, and restart the bot.`,
    unasked: (id: string) =>
      `The bot cannot check whether the user group ${id} in ESCALATE_TO exists, because Slack did not answer. It checks again at the next start.`,
  },
  portTaken: (setting: "PORT" | "OPS_PORT", port: number) =>
    `Port ${port} is in use by another program. Set ${setting} to a free one, or stop the other program.`,
  portsEqual: (port: number) => `PORT and OPS_PORT are both ${port}. Set OPS_PORT to another free port.`,
  cannotListen: (settings: string, why: string) =>
    `The bot cannot listen where ${settings} says (${why}). Set an address of this machine and a port that the bot may use.`,
  /** @param name the setting or the address that names the database, without a password */
  database(name: string, problem: DatabaseProblem): string {
    switch (problem.kind) {
      case "address":
        return `${name} cannot be read as an address. Write @ : / ? # and % in its user name or password as %40 %3A %2F %3F %23 and %25.`;
      case "no-folder":
        return `${name} names a file in the folder ${problem.folder}, which does not exist. Create the folder, or correct the path.`;
      case "file":
        return `${name} names ${problem.path}, which cannot be opened for writing (${problem.why}). Check the path, and the permissions of the file and its folder.`;
      case "no-tls":
        return `${name} asks for TLS (sslmode), but the server does not offer it. Turn TLS on at the server, or remove sslmode.`;
      case "too-many-connections":
        return `The server of ${name} accepts no more connections (${problem.why}). An instance of the bot uses up to 10: raise the server's limit, or close other connections.`;
      case "no-right":
        return `The user of ${name} lacks a permission (${problem.why}). Allow this user to create tables in the schema and to write to them.`;
      case "no-schema":
        return `${name} leads to no schema: the one that search_path names does not exist, or the user may not use it. Create it, or grant the user usage and create on it.`;
      case "encoding":
        return `The database of ${name} has the encoding ${problem.encoding}, which cannot store Chinese. Create a database with the encoding UTF8 (create database … template template0 encoding 'UTF8') and name it in ${name}.`;
      case "pooler":
        return `A connection pooler refuses a parameter of ${name} (${problem.why}). Remove options=… from ${name}, and set what it held for the user instead: alter role … set search_path = …`;
      case "newer":
        return `The ledger of ${name} was made by a newer version of the bot: this version does not know its step ${problem.step}. Start the newer version.`;
      case "away":
        return `The database of ${name} cannot be opened (${problem.why}). Check the address, and that it may be written to.`;
      default:
        return problem satisfies never;
    }
  },
  /** The key in LEDGER_KEY and the ledger's do not go together, by cause. */
  ledgerKey: {
    missing:
      "This ledger is signed, and LEDGER_KEY is not set. Set it to the ledger's key; to do without: npm run ledger-key -- disable",
    other:
      "LEDGER_KEY is not the key that this ledger is signed with. Set it to the ledger's key; to replace that: npm run ledger-key -- change",
    "not-enabled":
      "LEDGER_KEY is set, and this ledger has events without MACs. Check them and sign them first: npm run ledger-key -- enable",
  },
};
