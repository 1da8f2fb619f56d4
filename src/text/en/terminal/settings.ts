/** What is wrong with one setting and what to do, in English. */
import type { KeyProblem } from "../../../domain/key-problem.ts";
import type { ApiV3KeyProblem } from "../../../domain/platform-certificates/apiv3-key-problem.ts";
import type { NamedVariable, SettingsProblem } from "../../../settings.ts";

const ledgerKey =
  "must be a secret of at least 32 bytes (openssl rand -base64 32). In .env, put a value that contains # in quotation marks";

/** What each variable should look like, after "NAME ". */
const expected: Record<NamedVariable, string> = {
  SLACK_BOT_TOKEN: "must be the bot's token, xoxb-… (api.slack.com/apps, OAuth & Permissions)",
  SLACK_APP_TOKEN: "must be an app-level token, xapp-… (api.slack.com/apps, Basic Information)",
  SLACK_SIGNING_SECRET:
    "must be the app's signing secret, which is not a token and has no spaces (api.slack.com/apps, Basic Information)",
  PORT: "must be a port number, 1 to 65535",
  HTTP_PATH: "must be the path of Slack's requests, such as /slack/events: no spaces, no slash at the end",
  HTTP_KEEP_ALIVE: "must be between 1s and 1h: a number with s, m or h, such as 75s",
  SLACK_API_URL:
    "must be the base URL of Slack's Web API, such as https://slack.com/api/; http:// only for this machine itself",
  WECHATPAY_MCHID: "must be the service provider's own merchant number, digits only",
  WECHATPAY_SERIAL_NO:
    "must be the serial number of the API certificate, in hexadecimal (openssl x509 -in apiclient_cert.pem -noout -serial)",
  WECHATPAY_PRIVATE_KEY: "must be the API private key, the text of apiclient_key.pem, unless WECHATPAY_SIGNER is set",
  WECHATPAY_SIGNER: "must be unix:/PATH (a Unix socket), or http://127.0.0.1:PORT on this machine, without a path",
  WECHATPAY_SIGNER_TOKEN: "must be the signer's SIGNER_TOKEN, 32 to 256 characters without spaces",
  WECHATPAY_PUBLIC_KEY_ID: "must be the ID of WeChat Pay's public key, PUB_KEY_ID_… (partner platform, API 安全)",
  WECHATPAY_PUBLIC_KEY:
    "must be WeChat Pay's public key, the text of pub_key.pem (providers that still use platform certificates set WECHATPAY_APIV3_KEY instead)",
  WECHATPAY_APIV3_KEY: "must be the APIv3 key, the 32 characters that were set on the partner platform (API 安全)",
  WECHATPAY_CERTIFICATE: "must be the API certificate, the text of apiclient_cert.pem",
  WECHATPAY_ENDPOINTS:
    "must be a comma-separated list of https:// base URLs without the API's path (/v3/…); http:// is allowed only for this machine",
  DATABASE_URL: "must be sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE",
  SLACK_COMMAND: "must be the command's name with its slash, such as /receipt",
  RECEIPT_ADMINS: "must be a comma-separated list of Slack user IDs, U…",
  RECEIPT_CHANNELS: "must be a comma-separated list of Slack channel IDs, C…",
  APPROVAL_POLICY: "must be four-eyes (someone else approves) or self (approvers may approve their own requests)",
  APPROVERS_NEEDED: "must be the number of approvals that a request needs, 1 to 10",
  BULK_FROM: "must be the number of sub-merchants at which a request starts to need more approvals, 2 to 10000",
  BULK_APPROVERS_NEEDED: "must be the number of approvals that a bulk request needs, 2 to 10",
  BREAK_GLASS: "must be off or on",
  REASON: "must be optional or required",
  UNKNOWN_MERCHANTS: "must be warn or refuse",
  GOLDPLAN: "must be off, on or with-receipts",
  GOLDPLAN_SCENE: "must be JSAPI, MINIPROGRAM or JSAPI_AND_MINIPROGRAM",
  TICKET_PATTERN:
    "must be a regular expression (RE2 syntax) that a ticket matches and an empty text does not, such as OPS-[0-9]+",
  TICKET_EXAMPLE: "must be a ticket of up to 64 characters, such as OPS-4711",
  TICKET_URL: "must be an https:// address with {ticket} after the host, such as https://tickets.example.com/{ticket}",
  WECHATPAY_RATE: "must be the maximum number of calls per second to WeChat Pay, above 0 and at most 100000",
  REQUEST_TTL: "must be a number with s, m, h or d, such as 24h",
  STALE_AFTER: "must be at least one minute: a number with s, m, h or d, such as 1h",
  RETAIN: "must be at least 30 days: a number with d, such as 400d",
  ESCALATE_AFTER: "must be a number with s, m, h or d, such as 4h",
  ESCALATE_TO: "must be the ID of a Slack user group, S… (on the group's page in Slack: ⋯, Copy group ID)",
  LOCALE: "must be en or zh-CN",
  PERSONAL_LOCALE: "must be on or off",
  LOG_LEVEL: "must be trace, debug, info, warn, error, fatal or silent",
  OPS_PORT: "must be a port number, 1 to 65535",
  OPS_HOST: "must be the address to listen on, such as 127.0.0.1 or 0.0.0.0",
  LEDGER_KEY: ledgerKey,
  LEDGER_KEY_OLD: ledgerKey,
};

/** What is wrong with a key and what to do; begins after "NAME ". */
const keyProblem: Record<KeyProblem, string> = {
  empty: "is empty. Enter the whole text of the PEM file, or name the file in …_FILE",
  binary: "contains bytes that are not text, like a .p12 or DER file. Use the .pem file from the same download",
  path: "contains a file name. Put the name in …_FILE, or enter the file's text",
  "literal-line-breaks": "has the two characters \\n instead of line breaks. Use real line breaks, or use …_FILE",
  "one-line": "is all on one line. A PEM text has line breaks: restore them, or use …_FILE",
  "no-armour": "lacks its first and last line, -----BEGIN …----- and -----END …-----. Enter the whole file",
  base64:
    "is encoded in Base64 as a whole, as in the data of a Kubernetes secret. Enter the decoded text (base64 -d), which begins with -----BEGIN …-----",
  indented: "has lines that begin with spaces, as after pasting into YAML. Remove the spaces, or use …_FILE",
  cut: "is incomplete: lines are missing, such as the first or the last one, -----BEGIN …----- or -----END …-----. Enter the whole file",
  encrypted: "is encrypted with a passphrase. Decrypt it (openssl pkcs8 -in KEY -out apiclient_key.pem)",
  "key-id":
    "contains the ID of WeChat Pay's public key. Put the ID into WECHATPAY_PUBLIC_KEY_ID, and enter the text of the .pem file here",
  serial: "contains a serial number. Enter the text of the .pem file",
  "not-pem":
    "does not contain the text of a .pem file, which begins with -----BEGIN …-----. Enter the whole text, or name the file in …_FILE",
  unreadable: "looks like PEM but cannot be read: some of its text was changed. Use the original file",
  certificate: "is a certificate, but the private key is expected: the text of apiclient_key.pem",
  "certificate-alone":
    "contains only a certificate. Add WeChat Pay's public key, the text of pub_key.pem (partner platform, API 安全), or set WECHATPAY_APIV3_KEY instead",
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

/** What is wrong with the APIv3 key and what to do; begins after "NAME ". */
const apiV3KeyProblem: Record<ApiV3KeyProblem, (length: number) => string> = {
  pem: () => "is a PEM text, but the APIv3 key is expected: the 32 characters that were set on the partner platform",
  path: () => "contains a file name. Put the name in WECHATPAY_APIV3_KEY_FILE, or enter the key itself",
  serial: () => "is a serial number. The APIv3 key has 32 characters and is set on the partner platform (API 安全)",
  hex: () => "has 64 hexadecimal digits. Enter the APIv3 key as it was set, 32 characters, without encoding it",
  base64: () => "is encoded in Base64. Enter the APIv3 key as it was set, 32 characters, without encoding it",
  length: (length) => `has ${length} characters, but the APIv3 key has exactly 32`,
  characters: () => "contains a space, or characters other than ASCII letters, digits and symbols",
};

/** What is wrong with the proxy's address; begins after "NAME ". */
const proxyProblem: Record<Extract<SettingsProblem, { kind: "proxy" }>["problem"], string> = {
  scheme: "must be the address of an HTTP proxy, http://HOST:PORT; the bot does not use other kinds of proxies",
  address: "must be the proxy's address alone, http://HOST:PORT, without a path",
  port: "has no valid port: after the host come a colon and a number from 1 to 65535, http://HOST:PORT. If its password contains #, write %23: in .env, # begins a comment",
  encoding:
    "has a special character in its user name or password. Percent-encode it: # is %23, / is %2F, ? is %3F, @ is %40, % is %25",
};

/** `U+200B`, with the character itself where people can see it. */
function characterName(character: string): string {
  const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(character) ? `${code} (${character})` : code;
}

/** Without its full stop. */
export function problemOf(problem: Exclude<SettingsProblem, { kind: "unknown-name" }>): string {
  switch (problem.kind) {
    case "missing":
    case "malformed":
      return `${problem.variable} ${expected[problem.variable]}`;
    case "quoted":
      return `${problem.variable} has quotation marks around its value, which Docker treats as part of the value. Remove them`;
    case "spaces":
      return `${problem.variable} begins or ends with a space or a line break. Remove it`;
    case "rotating-token":
      return `${problem.variable} is a rotating token (xoxe…), which expires after 12 hours. Use the token of an app without token rotation`;
    case "foreign-character":
      return `${problem.variable} contains the character ${characterName(problem.character)}, which cannot be part of it. Copy the value again`;
    case "password-encoding":
      return `${problem.variable} has a special character in its user name or password. Percent-encode it: # is %23, / is %2F, ? is %3F, @ is %40, % is %25`;
    case "cut":
      return `${problem.variable} ends within its user name or password. If the password contains #, write %23: in .env, # begins a comment`;
    case "in-memory":
      return `${problem.variable} names a database in memory, which is lost whenever the bot stops. Use sqlite:PATH, such as sqlite:data/receipts.db`;
    case "port":
      return `${problem.variable} has no valid port: after the host come a colon and a number from 1 to 65535`;
    case "sslmode":
      return `${problem.variable} has an unknown sslmode. Use sslmode=verify-full, which encrypts the connection and verifies the server, or leave it out for no encryption`;
    case "file-encoding":
      return `${problem.variable}_FILE names ${problem.path}, which is saved as UTF-16. Save it as UTF-8`;
    case "byte-order-mark":
      return `${problem.variable} has a byte order mark before its name, so it is not recognized. Save the file as UTF-8 without BOM`;
    case "env-file":
      return envFile(problem);
    case "proxy":
      return `${problem.variable} ${proxyProblem[problem.problem]}`;
    case "no-mode":
      return "SLACK_APP_TOKEN (Socket Mode: an app-level token, xapp-…) or SLACK_SIGNING_SECRET (HTTP mode: the app's signing secret): set one of the two";
    case "half-bulk":
      return "BULK_FROM and BULK_APPROVERS_NEEDED belong together: set both or neither";
    case "equal-ports":
      return `PORT and OPS_PORT are both ${problem.port}: set OPS_PORT to another free port`;
    case "half-escalation":
      return "ESCALATE_AFTER and ESCALATE_TO belong together: set both or neither";
    case "late-escalation":
      return "ESCALATE_AFTER must be shorter than REQUEST_TTL: expired requests are not escalated";
    case "ticket-example":
      return "TICKET_EXAMPLE must match TICKET_PATTERN from its first to its last character: people copy it";
    case "ticket-unknown":
      return "TICKET_PATTERN is too unusual to derive an example from it: set TICKET_EXAMPLE to a ticket, which people copy";
    case "ticket-not-found":
      return `TICKET_PATTERN finds no ticket in the reason "${problem.reason}", which the bot shows as an example: the pattern must match a ticket anywhere in a reason, so remove ^ and the like`;
    case "ticket-is-number":
      return `TICKET_PATTERN: a command cannot contain a ticket such as ${problem.ticket}, which looks like another sub-merchant's number. Let tickets contain letters, as with OPS-[0-9]{10}, or set a TICKET_EXAMPLE that does not look like one`;
    case "ticket-alone":
      return `${problem.variable} has no effect without TICKET_PATTERN: set TICKET_PATTERN, or remove ${problem.variable}`;
    case "file-unreadable":
      return `${problem.variable}_FILE names ${problem.path}, which cannot be read (${problem.why})`;
    case "given-twice":
      return `${problem.variable} and ${problem.variable}_FILE are both set: keep only one of them`;
    case "key":
      return `${problem.variable} ${keyProblem[problem.problem]}`;
    case "apiv3-key":
      return `${problem.variable} ${apiV3KeyProblem[problem.problem](problem.length)}`;
    case "key-and-signer":
      return "WECHATPAY_PRIVATE_KEY and WECHATPAY_SIGNER are both set: keep only one of them. With a signer, the bot needs no private key";
    case "signer-without-token":
      return "WECHATPAY_SIGNER is an HTTP address, which every process on this machine can reach: set WECHATPAY_SIGNER_TOKEN to the signer's SIGNER_TOKEN";
    case "certificate-serial":
      return `WECHATPAY_SERIAL_NO is not the serial number of WECHATPAY_CERTIFICATE, which is ${problem.serialNo}. Use the certificate, the serial number and the private key from the same download`;
    case "certificate-owner":
      return "WECHATPAY_CERTIFICATE was issued to a merchant other than WECHATPAY_MCHID: its common name must be the service provider's merchant number";
    case "certificate-key":
      return "WECHATPAY_PRIVATE_KEY does not belong to WECHATPAY_CERTIFICATE. Use apiclient_key.pem and apiclient_cert.pem from the same download";
    default:
      return problem satisfies never;
  }
}

export function envFile({ path, why }: Extract<SettingsProblem, { kind: "env-file" }>): string {
  return `The file ${path} cannot be read (${why}), so its settings have no effect. Save it as UTF-8 and make it readable by the bot's user`;
}

export function unknownName({ name, nearest }: Extract<SettingsProblem, { kind: "unknown-name" }>): string {
  return `${name} is not a setting of this bot, so it has no effect${nearest === undefined ? "." : `. Did you mean ${nearest}?`}`;
}
