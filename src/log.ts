/** The log: one JSON line per step, written by pino, without secrets. Bolt logs through it too. */
import { inspect } from "node:util";
import { ErrorCode, LogLevel, type Logger as SlackLogger } from "@slack/web-api";
import { type DestinationStream, type Logger, pino } from "pino";
import { SlackAway } from "./slack/api/workspace.ts";
import { CommitUncertain, codeOf, isStoreAway, StoreAway, whyOf } from "./storage/store-errors.ts";

export interface LogOptions {
  level: string;
  /**
   * Every secret as the settings hold it, and those that are added later. None of them, and no line of a key, reaches
   * the log.
   */
  secrets: readonly string[];
  destination: DestinationStream;
}

const redacted = "[redacted]";
const fatalLevel = 60;

/** Tokens anywhere. */
const tokens = /x(?:ox[a-z]|app)-[\w-]+/g;
/** A password in an address, whether or not its special characters are encoded. */
const passwords = /(:\/\/[^\s"\\/:@]*:)[^\s"\\]*@/g;
/**
 * The fields of Slack's payloads and answers that let their holder act or read without a token: in JSON, and as Node
 * prints an object. Inside a logged string the quotes are escaped, once or more.
 */
const secretFields =
  /((?:response_url|trigger_id|token|ticket|upload_url|permalink_public|pub_secret)\\*["']?\s*:\s*\\*(["']))(?:(?!\2)[^\\]|\\+\/)+/g;
/** The same as parameters of an address, such as Socket Mode's `ticket` or the signature of a download. */
const secretParameters =
  /((?:[?&]|\\u0026)(?:[\w-]*(?:token|ticket|secret|signature|credential|password)|sig|sign|access_key|api_?key)=)(?:[^&\s"'<>\\]|\\+\/)+/gi;
/** Addresses that are secrets themselves, wherever they stand: of uploads, answers and public files. */
const secretAddresses = [
  /(\/upload\\*\/v\d\\*\/)(?:[^\s"'<>\\]|\\+\/)+/g,
  /(\/(?:commands|actions|services|app|workflows|triggers)\\*\/[TE][A-Z0-9]{6,}\\*\/)(?:[^\s"'<>\\]|\\+\/)+/g,
  /(slack-files\.com\\*\/[TE][A-Z0-9]+-F[A-Z0-9]+-)\w+/g,
];

export function createLog({ level, secrets, destination }: LogOptions): Logger {
  const redact = createRedaction(secrets);
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      hooks: {
        logMethod(args, method, level) {
          // A fatal line is the last: nothing else says why.
          const [fields, ...words] = args as [unknown, ...string[]];
          const told = level < fatalLevel ? reportedElsewhere(fields) : undefined;
          if (told === undefined) method.apply(this, args);
          else if (told.isFolded) this.debug(told.fields, ...words);
          else method.apply(this, [told.fields, ...words] as unknown as typeof args);
        },
        streamWrite: redact,
      },
    },
    destination,
  );
}

/** Removes secrets, tokens and passwords from a text for people. @param secrets as in `LogOptions` */
export function createRedaction(secrets: readonly string[]): (text: string) => string {
  let hidden = hiddenParts(secrets);
  let known = secrets.length;
  return (text) => {
    if (secrets.length !== known) {
      hidden = hiddenParts(secrets);
      known = secrets.length;
    }
    let clean = text
      .replace(tokens, redacted)
      .replace(secretFields, `$1${redacted}`)
      .replace(secretParameters, `$1${redacted}`)
      .replace(passwords, `$1${redacted}@`);
    for (const address of secretAddresses) clean = clean.replace(address, `$1${redacted}`);
    for (const secret of hidden) if (clean.includes(secret)) clean = clean.replaceAll(secret, redacted);
    return clean;
  };
}

/**
 * During an outage of the database or Slack, every part of the bot fails repeatedly. src/outage-log.ts reports the
 * outage once a minute; the parts' own entries are only for debugging. They have no stack, which would only show where
 * the failure was noticed.
 */
function reportedElsewhere(fields: unknown): { fields: object; isFolded: boolean } | undefined {
  if (typeof fields !== "object" || fields === null || !("err" in fields)) return undefined;
  const { err, ...others } = fields;
  const isFolded = isOutage(err);
  if (!isFolded && !(err instanceof CommitUncertain)) return undefined;
  return { fields: { ...others, why: whyOf(err) }, isFolded };
}

function isOutage(error: unknown): boolean {
  if (error instanceof SlackAway) return error.refused === undefined;
  if (error instanceof StoreAway) return true;
  const code = codeOf(error);
  return code === "ERR_SQLITE_ERROR" ? isStoreAway(error) : slackUnreachable.includes(code);
}

/** Whether Slack's client got no answer, or one that is not from the Web API. */
const slackUnreachable: readonly string[] = [ErrorCode.RequestError, ErrorCode.HTTPError];

/** A logger for Bolt and Slack's clients that writes to pino. */
export function slackLogger(log: Logger): SlackLogger {
  const write = (level: "debug" | "info" | "warn" | "error", parts: unknown[]) => {
    if (!log.isLevelEnabled(level)) return;
    const error = parts.find((part) => part instanceof Error);
    const message = parts
      .filter((part) => part !== error)
      .map(readable)
      .join(" ");
    // The call's own code receives the error, too.
    if (message.startsWith("http request failed")) log.debug(message);
    else log[level](error ? { err: error } : {}, message || error?.message);
  };
  return {
    debug: (...parts) => write("debug", parts),
    info: (...parts) => write("info", parts),
    warn: (...parts) => write("warn", parts),
    error: (...parts) => write("error", parts),
    getLevel: () =>
      log.isLevelEnabled("debug") ? LogLevel.DEBUG : log.isLevelEnabled("info") ? LogLevel.INFO : LogLevel.WARN,
    setLevel: () => {}, // LOG_LEVEL decides
    setName: () => {},
  };
}

function readable(part: unknown): string {
  return typeof part === "string" ? part : inspect(part, { depth: 4, breakLength: Number.POSITIVE_INFINITY });
}

/** A key may be logged escaped or line by line, so that each of its lines is a secret too. */
function hiddenParts(secrets: readonly string[]): string[] {
  return secrets
    .flatMap((secret) => [JSON.stringify(secret).slice(1, -1), ...secret.split(/\r?\n/)])
    .filter((part) => part.length >= 8 && !part.startsWith("-----"))
    .sort((a, b) => b.length - a.length);
}
