/** Output of `npm run doctor`, in English: the subject and findings of each check, and how to fix problems. */

/** Servers whose clocks are compared with this machine's. */
const servers = { slack: "Slack", weChatPay: "WeChat Pay" };
type Server = keyof typeof servers;

const inDays = (days: number) => (days === 1 ? "1 day" : `${days} days`);

export const doctor = {
  usage: [
    "npm run doctor checks this installation: settings, machine, database, Slack and WeChat Pay. It changes nothing.",
    "  --list        lists the checks with a description",
    "  --only A,B    runs only these checks",
    "  --offline     does not contact Slack or WeChat Pay",
    "  --json        prints one JSON object",
    "With npm, put two hyphens before the options: npm run doctor -- --offline",
    "The exit code is 0 if nothing failed, 1 if a check failed, and 2 if a requested check could not be run.",
  ],
  unknownOption: "npm run doctor does not have this option; npm run doctor -- --help shows all options.",
  unknownCheck: (name: string) => `There is no check ${name}; npm run doctor -- --list shows all checks.`,
  summary: (succeeded: number, warnings: number, failures: number, skipped: number) =>
    `${succeeded} ok, ${warnings} with a warning, ${failures} failed, ${skipped} skipped.`,

  /** The subject of each check. */
  checks: {
    settings: "every setting is present and well-formed, and no name looks misspelled",
    node: "the version of Node.js",
    files: "other users of this machine can neither read nor change the files with secrets and the ledger",
    disk: "free space for the ledger",
    clock: "this machine's clock matches those of Slack and WeChat Pay",
    database: "the database in DATABASE_URL can be reached",
    "database-integrity": "the file of a SQLite ledger is not damaged",
    "database-encoding": "the database can store Chinese",
    "database-version": "the version of the database",
    "database-rights": "the bot's user may read and write the ledger",
    "database-schema": "the ledger's schema is that of this version of the bot",
    "database-writable": "the ledger accepts writes now",
    "database-commit": "how long a commit takes",
    "audit-trail": "the newest events of the audit trail match their hashes",
    "ledger-key": "LEDGER_KEY is the key of this ledger",
    "ledger-owner": "the ledger does not belong to another deployment",
    "slack-token": "Slack accepts the bot's token; also reports its workspace",
    "slack-scopes": "the token's scopes are those of manifest.yml",
    "slack-app-token": "Slack accepts the app-level token (Socket Mode)",
    "slack-socket": "a WebSocket to Slack opens (Socket Mode)",
    "slack-hosts": "Slack's hosts for answers and files can be reached, through the proxy if there is one",
    "slack-channels": "the bot is in the channels in RECEIPT_CHANNELS",
    "slack-admins": "the people in RECEIPT_ADMINS exist and are members",
    "slack-escalation": "the user group in ESCALATE_TO can be notified",
    "slack-messages": "Slack accepts every message and form of the bot, checked with sample values that nobody sees",
    "wechatpay-private-key": "the private key is an RSA key of 2048 bits, or the signer signs with it",
    "wechatpay-certificate": "the API certificate fits the other settings and has not expired",
    "wechatpay-public-key": "WeChat Pay's public key and its ID",
    "wechatpay-platform-certificates":
      "the APIv3 key decrypts WeChat Pay's platform certificates; also reports when they expire",
    "wechatpay-endpoints": "each endpoint of WeChat Pay can be reached, through the proxy if there is one",
    "wechatpay-signature": "WeChat Pay accepts the bot's signature, and the bot verifies its answer",
  },

  offline: "Not checked, because of --offline.",
  settingsFirst: "Fix the settings first; the settings check lists the problems.",
  ledgerFirst: "Fix the database first; the check database shows the problem.",
  broken: (why: string) => `This check could not be completed (${why}). Run it again; if the error recurs, report it.`,

  settings: { fine: "All settings are well-formed." },
  node: {
    fine: (version: string) => `Node.js ${version}.`,
    old: (version: string, needed: number) => `Node.js ${version} is too old. Install Node.js ${needed} or newer.`,
  },
  files: {
    fine: (count: number): string =>
      count === 0
        ? "There are no files to check."
        : "Other users can change none of these files, and read neither secrets nor the ledger.",
    writable: (file: string) => `Every user of this machine can change ${file}. Run: chmod o-w ${file}`,
    readable: (file: string) => `Every user of this machine can read ${file}. Run: chmod o-r ${file}`,
  },
  disk: {
    fine: (folder: string, megabytes: number) => `${folder} has ${megabytes} MB free.`,
    scarce: (folder: string, megabytes: number) =>
      `${folder} has only ${megabytes} MB free, which is not enough for long-term use or a backup. Free up space.`,
    full: (folder: string, megabytes: number) =>
      `${folder} has only ${megabytes} MB free. When the disk is full, the bot accepts no requests. Free up space now.`,
    elsewhere: "PostgreSQL keeps the ledger on its own server.",
  },
  clock: {
    fine: (server: Server, seconds: number) => `The clock differs from ${servers[server]}'s by ${seconds} s.`,
    off: (server: Server, seconds: number, direction: "ahead" | "behind") =>
      `The clock is ${seconds} s ${direction === "ahead" ? "ahead of" : "behind"} ${servers[server]}'s.`,
    fix: "Synchronize this machine's clock (NTP). If it is off by more than 5 minutes, WeChat Pay refuses every call, and the bot refuses Slack's requests.",
    unknown: "Neither Slack nor WeChat Pay answered, so the clock could not be compared.",
  },
  database: {
    reached: (place: string) => `The database can be reached: ${place}.`,
    reachedNewer: "The database can be reached.",
    none: (path: string) =>
      `There is no ledger at ${path} yet; the first start creates it. If you expected one, check DATABASE_URL.`,
    notYet: "There is no ledger yet; the first start creates it.",
    olderSchema: "The ledger's schema is too old for this check. Start the bot, which brings it up to date.",
    integrity: "The file of the ledger is not damaged.",
    integrityElsewhere: "PostgreSQL looks after its own files.",
    encoding: (encoding: string) => `The encoding is ${encoding}.`,
    version: (name: string) => `${name}.`,
    old: (name: string) => `${name} is too old for the bot. Upgrade it to version 15 or newer.`,
    unmaintained: (name: string) => `${name} no longer gets security fixes. Upgrade it to version 15 or newer.`,
    rights: "The bot's user has the rights that it needs.",
    writable: "A row was written and removed again.",
    unwritableFile: (why: string) =>
      `The ledger cannot be written to (${why}). Check the free space, and the permissions of the file and its folder.`,
    unwritableServer: (why: string) =>
      `The ledger cannot be written to (${why}). Check the server's free space, and whether it is a read-only replica or default_transaction_read_only is on.`,
    commit: (ms: number) => `A commit takes ${ms} ms.`,
    commitsSlow: (ms: number) =>
      `A commit takes ${ms} ms, and every click waits for a few of them. Use a faster disk or a closer database.`,
  },
  schema: {
    upToDate: (step: string) => `The schema is up to date (${step}).`,
    none: "The database contains no ledger yet; the first start creates it. If you expected one, check DATABASE_URL.",
    pending: (steps: string) =>
      `The ledger is older than this version of the bot: the next start applies ${steps}. Back it up before you start.`,
  },
  trail: {
    intact: (seals: number, unsealed: number) =>
      `The newest seals (${seals}) match their events. Not sealed yet: ${unsealed}. npm run audit verifies the whole trail.`,
    damaged:
      "The newest events of the audit trail do not match their hashes. Run npm run audit, which names the event.",
  },
  key: {
    fine: "LEDGER_KEY is the ledger's key.",
    off: "The ledger is not signed.",
  },
  owner: {
    fine: "The ledger belongs to this workspace, Slack app and merchant number, or to nobody yet.",
    fineByMchid: "The ledger belongs to this merchant number, or to nobody yet. Slack did not return the workspace.",
  },
  slack: {
    workspace: (url: string, team: string | undefined, bot: string, app: string | undefined) =>
      `The bot is @${bot} in ${url} (${[`workspace ${team}`, ...(app === undefined ? [] : [`app ${app}`])].join(", ")}).`,
    away: (why: string) => `Slack cannot be reached: ${why}. Check the network, HTTPS_PROXY and SLACK_API_URL.`,
    refused: (error: string) =>
      `Slack refuses to answer (${error}). The checks slack-token and slack-scopes show the problem.`,
    tokenFirst: "Fix the bot's token first; the check slack-token shows the problem.",
  },
  scopes: {
    fine: (count: number) => `The token has the ${count} scopes in manifest.yml.`,
    missing: (scopes: string) =>
      `The token lacks ${scopes}. Install the app again with the scopes in manifest.yml (api.slack.com/apps, Install App).`,
    extra: (scopes: string) =>
      `The token also has ${scopes}, which the bot does not need. Remove them (api.slack.com/apps, OAuth & Permissions) and install the app again.`,
    unknown: "Slack did not return the token's scopes.",
  },
  socket: {
    http: "Not needed: without SLACK_APP_TOKEN, the bot works in HTTP mode.",
    appToken: "Slack accepts the app-level token.",
    appTokenFirst: "Fix the app-level token first; the check slack-app-token shows the problem.",
    otherApp: (appToken: string, botToken: string) =>
      `SLACK_APP_TOKEN belongs to the Slack app ${appToken}, and SLACK_BOT_TOKEN to ${botToken}: forms would not open, and clicks on the bot's messages would not arrive. Copy both tokens from one app (api.slack.com/apps).`,
    greeted: (others: number) => `A WebSocket to Slack opened. The app has ${others} other connections.`,
    unconnected: (why: string) =>
      `A WebSocket to Slack could not be opened (${why}). Allow this machine to reach wss://*.slack.com, and configure the proxy to allow WebSockets.`,
    strangers: (others: number, instances: number) =>
      `The Slack app has ${others} other connections, but this ledger has only ${instances} running instances: another deployment receives some of the commands and clicks. Give it its own app and its own database.`,
  },
  channels: {
    any: "RECEIPT_CHANNELS is not set: the command works in every channel.",
    fine: (count: number) => (count === 1 ? "The bot is in the channel." : `The bot is in all ${count} channels.`),
    "not-in": (id: string) =>
      `The bot is not in the channel ${id}, or the channel does not exist. Invite the bot there (/invite), or correct RECEIPT_CHANNELS.`,
    archived: (id: string) => `The channel ${id} is archived. Remove it from RECEIPT_CHANNELS, or restore it.`,
    "needs-a-channel": (id: string) =>
      `${id} is a direct message, where nobody could approve. Use a channel in RECEIPT_CHANNELS.`,
  },
  hosts: {
    fine: (list: string) => `${list}: each host answers.`,
    unknown: (host: string) =>
      `SLACK_API_URL is not at slack.com, so its hosts for answers and files are not known before it sends them. ${host} answers.`,
    answers: (host: string, why: string) =>
      `${host} cannot be reached: ${why}. The bot's answers to commands and clicks go there; without it, they come late, or as direct messages. Allow ${host} in the firewall or the proxy.`,
    files: (host: string, why: string) =>
      `${host} cannot be reached: ${why}. The bot uploads lists and results there, and reads the files of forms. Allow ${host} in the firewall or the proxy.`,
  },
  admins: {
    none: "RECEIPT_ADMINS is empty. Unless someone already has the role admin, nobody can grant roles.",
    fine: (count: number) => (count === 1 ? "The admin is a member." : `All ${count} admins are members.`),
    unknown: (id: string) => `There is nobody in Slack with the ID ${id}. Correct RECEIPT_ADMINS.`,
    deactivated: (id: string) => `The account ${id} is deactivated. Remove it from RECEIPT_ADMINS.`,
    guest: (id: string) => `${id} is a guest, who cannot hold a role. Remove the ID from RECEIPT_ADMINS.`,
    bot: (id: string) => `${id} is a bot, which cannot hold a role. Remove the ID from RECEIPT_ADMINS.`,
    stranger: (id: string) =>
      `${id} belongs to another workspace, and cannot hold a role. Remove the ID from RECEIPT_ADMINS.`,
  },
  escalation: {
    off: "ESCALATE_TO is not set.",
    fine: (group: string) => `The user group ${group} can be notified.`,
  },
  messages: {
    accepted: (count: number) => `Slack accepts every message and form, as ${count} calls with sample values show.`,
    refused: (count: number) =>
      `Slack refuses ${count} of the bot's messages or forms, so people would not see them. Report this with the lines below.`,
    unanswered: (why: string) => `It is unknown whether Slack accepts the bot's messages (${why}).`,
  },
  keys: {
    privateKey: "The private key is an RSA key of 2048 bits.",
    noCertificate:
      "WECHATPAY_CERTIFICATE is not set. With it, the bot checks the serial number, the key and the expiry at every start.",
    certificate: (date: string) =>
      `Serial number, merchant number and private key belong to the certificate, which expires on ${date}.`,
    certificateOfSigner: (date: string) =>
      `Serial number and merchant number belong to the certificate, which expires on ${date}.`,
    publicKey: (id: string) => `The key ${id} is an RSA key of 2048 bits, and not the bot's own.`,
    publicKeyAlone: (id: string) =>
      `The key ${id} is an RSA key of 2048 bits. Without WECHATPAY_CERTIFICATE, it is not compared with the bot's own.`,
    noPublicKey: "WECHATPAY_PUBLIC_KEY is not set; the bot verifies answers with platform certificates.",
  },
  platformCertificates: {
    off: "WECHATPAY_APIV3_KEY is not set; the bot verifies answers with WeChat Pay's public key.",
    fine: (count: number, date: string, days: number) =>
      `The APIv3 key decrypts ${count === 1 ? "the certificate" : `${count} certificates`}; the newest expires on ${date}, in ${inDays(days)}.`,
    ending: (date: string, days: number) =>
      `The newest platform certificate expires on ${date}, in ${inDays(days)}. Check on the partner platform (API 安全) whether WeChat Pay is waiting for you to start the change to a new one, or switch to the public key.`,
    notNeeded: "WeChat Pay has no platform certificates for this provider. You can remove WECHATPAY_APIV3_KEY.",
    unknown: "WeChat Pay returned no list; the checks wechatpay-endpoints and wechatpay-signature show why.",
  },
  signer: {
    fine: (signer: string) => `${signer} signs with the private key of WECHATPAY_CERTIFICATE.`,
    signs: (signer: string) =>
      `${signer} signs. Without WECHATPAY_CERTIFICATE, it is not known whether its key is the right one.`,
    otherKey: (signer: string) =>
      `${signer} signs with a private key that does not belong to WECHATPAY_CERTIFICATE. Give the signer apiclient_key.pem from the same download, and restart it.`,
    first: "Fix the signer first; the check wechatpay-private-key shows the problem.",
  },
  endpoints: {
    fine: (list: string) => `Reached: ${list}.`,
    unreachable: (endpoint: string, sentence: string) =>
      `${endpoint} cannot be reached. ${sentence} Check DNS, firewall, HTTPS_PROXY and WECHATPAY_ENDPOINTS.`,
  },
  signature: {
    accepted: "WeChat Pay accepts the signature of a call that changes nothing, and its answer is verified.",
    refused: (why: string) => `A signed call that changes nothing failed: ${why}.`,
    advice: (todo: string) => `The bot's advice when a request fails this way: ${todo}`,
    passing: "WeChat Pay currently has an internal error, so the signature could not be checked. Run this again.",
    unreachable: "No endpoint could be reached; the check wechatpay-endpoints shows why.",
  },
};
