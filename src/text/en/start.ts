/** What the bot says in a terminal before it runs: wrong settings, and how to mend them, in English. */
import type { KeyProblem } from "../../domain/key-problem.ts";
import type { SettingsProblem, Variable } from "../../settings.ts";

/** What each variable should look like, after "NAME ". */
const expected: Record<Variable, string> = {
  SLACK_BOT_TOKEN: "must be the bot's token, xoxb-… (api.slack.com/apps, OAuth & Permissions)",
  SLACK_APP_TOKEN: "must be an app-level token, xapp-… (api.slack.com/apps, Basic Information)",
  SLACK_SIGNING_SECRET: "must be the app's signing secret, without blanks (api.slack.com/apps, Basic Information)",
  PORT: "must be a port number, 1 to 65535",
  SLACK_API_URL: "must be the base URL of Slack's Web API, such as https://slack.com/api/",
  WECHATPAY_MCHID: "must be the service provider's own merchant number, digits only",
  WECHATPAY_SERIAL_NO:
    "must be the serial number of the API certificate, in hexadecimal: openssl x509 -in apiclient_cert.pem -noout -serial",
  WECHATPAY_PRIVATE_KEY: "must be the API private key, the text of apiclient_key.pem",
  WECHATPAY_PUBLIC_KEY_ID: "must be the id of WeChat Pay's public key, PUB_KEY_ID_… (partner platform, API 安全)",
  WECHATPAY_PUBLIC_KEY: "must be WeChat Pay's public key, the text of pub_key.pem",
  WECHATPAY_ENDPOINTS:
    "must be a list of https:// base URLs, separated by commas; http:// only for this machine itself",
  DATABASE_URL: "must be sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE",
  SLACK_COMMAND: "must be the command's name with its slash, such as /receipt",
  RECEIPT_ADMINS: "must be a list of Slack user ids, U…, separated by commas",
  RECEIPT_CHANNELS: "must be a list of Slack channel ids, C…, separated by commas",
  APPROVAL_POLICY: "must be four-eyes or self",
  APPROVERS_NEEDED: "must be the number of people who have to approve a request, 1 to 10",
  BULK_FROM: "must be the number of sub-merchants from which on a request needs more approvals, 2 to 10000",
  BULK_APPROVERS_NEEDED: "must be the number of people who have to approve a request for many, 2 to 10",
  BREAK_GLASS: "must be off or on",
  REASON: "must be optional or required",
  WECHATPAY_RATE: "must be the number of calls a second that WeChat Pay may get, above 0",
  REQUEST_TTL: "must be a number with s, m, h or d, such as 24h",
  ESCALATE_AFTER: "must be a number with s, m, h or d, such as 4h",
  ESCALATE_TO: "must be the id of a Slack user group, S… (its page in Slack, ⋯, Copy group ID)",
  LOCALE: "must be en or zh-CN",
  LOG_LEVEL: "must be trace, debug, info, warn, error, fatal or silent",
  OPS_PORT: "must be a port number, 1 to 65535",
};

/** What is wrong with a key and what to do; begins after "NAME ". */
const keyProblem: Record<KeyProblem, string> = {
  empty: "is empty. Put the whole text of the PEM file in, or name the file in …_FILE",
  binary: "holds bytes that are no text, as a .p12 or DER file does. Use the .pem file from the same download",
  path: "holds the name of a file. Give the name in …_FILE, or put the file's text in",
  "literal-line-breaks": "has the two characters \\n where line breaks belong. Put real line breaks in, or use …_FILE",
  "one-line": "stands all on one line. A PEM text has its line breaks: put them back in, or use …_FILE",
  "no-armour": "lacks its first and last line, -----BEGIN …----- and -----END …-----. Put the whole file in",
  indented: "has lines that begin with blanks, as after pasting into YAML. Take the blanks away, or use …_FILE",
  cut: "is cut off: its last line -----END …----- is missing. Put the whole file in",
  encrypted: "is encrypted with a passphrase. Decrypt it: openssl pkcs8 -in KEY -out apiclient_key.pem",
  unreadable: "looks like PEM and still cannot be read: some of its text was changed. Take the original file",
  certificate:
    "is a certificate, where a key belongs. apiclient_key.pem is the private key; pub_key.pem is WeChat Pay's public key",
  "public-key": "is a public key, where the private one belongs: the text of apiclient_key.pem",
  "private-key":
    "is a private key, where WeChat Pay's public one belongs: the text of pub_key.pem. Keep the private key away from here",
  "own-key": "is our own key, in place of WeChat Pay's. Download WeChat Pay's public key (partner platform, API 安全)",
  "own-certificate":
    "holds our own certificate, in place of WeChat Pay's. Download WeChat Pay's public key (partner platform, API 安全)",
  "wrong-armour":
    "says PRIVATE KEY in its first line and holds an RSA PRIVATE KEY. Take the original apiclient_key.pem, or put the right first and last line back",
  "not-rsa": "is not an RSA key. WeChat Pay's keys are RSA with 2048 bits",
  "not-2048-bits": "is an RSA key of another length than 2048 bits, the one that WeChat Pay uses",
  "several-keys": "holds more than one key. Leave only the right one",
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
      case "no-mode":
        return "SLACK_APP_TOKEN (Socket Mode: an app-level token, xapp-…) or SLACK_SIGNING_SECRET (HTTP mode: the app's signing secret): one of the two";
      case "half-bulk":
        return "BULK_FROM and BULK_APPROVERS_NEEDED belong together: set both, or neither";
      case "half-escalation":
        return "ESCALATE_AFTER and ESCALATE_TO belong together: set both, or neither";
      case "late-escalation":
        return "ESCALATE_AFTER has to be shorter than REQUEST_TTL: a request that has expired goes to nobody";
      case "file-unreadable":
        return `${problem.variable}_FILE names ${problem.path}, which cannot be read (${problem.why})`;
      case "given-twice":
        return `${problem.variable} and ${problem.variable}_FILE are both set: leave one of them`;
      case "key":
        return `${problem.variable} ${keyProblem[problem.problem]}`;
      default:
        return problem satisfies never;
    }
  },
  afterwards: "The README says where each value is found. To see the bot at work without any of them: npm run demo",
  slackRefuses: (error: string) =>
    `Slack refuses the bot's token (${error}). Copy SLACK_BOT_TOKEN anew from api.slack.com/apps, OAuth & Permissions, and start again.`,
  slackRefusesAppToken: (error: string) =>
    `Slack refuses the app-level token (${error}). Make one with the scope connections:write (api.slack.com/apps, Basic Information), put it into SLACK_APP_TOKEN, and start again.`,
  /** What is wrong with the group of ESCALATE_TO, by why. */
  escalationGroup: {
    unknown: (id: string) =>
      `ESCALATE_TO names ${id}, and Slack has no such user group, or it is disabled: nobody will be told of requests that wait too long. Copy the id from the group's page in Slack (⋯, Copy group ID), or enable the group there, and restart the bot.`,
    empty: (id: string) =>
      `ESCALATE_TO names ${id}, and nobody is in this user group: nobody will be told of requests that wait too long. Add people to it in Slack.`,
    plan: (id: string) =>
      `ESCALATE_TO names ${id}, and this workspace's plan has no user groups: nobody will be told of requests that wait too long. Take ESCALATE_TO and ESCALATE_AFTER out of the settings, or change the plan.`,
    scope: (id: string) =>
      `Whether the user group ${id} of ESCALATE_TO exists is not known, because the bot lacks the scope usergroups:read. Install the app anew with the scopes of manifest.yml, and restart the bot.`,
    unasked: (id: string) =>
      `Whether the user group ${id} of ESCALATE_TO exists is not known, because Slack did not answer. The next start asks again.`,
  },
  portTaken: (port: number) =>
    `Port ${port} is taken by another program. Set PORT to a free one, or stop the other program.`,
  databaseAway: (why: string) =>
    `The database of DATABASE_URL cannot be opened (${why}). Check the address, and that it may be written to.`,
};
