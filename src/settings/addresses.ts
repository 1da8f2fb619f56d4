/** The addresses in the settings: validation, and parsing where only parts of them are used. */
import { isLoopback } from "../network/proxy.ts";
import type { DatabaseAddress } from "../storage/open.ts";
import { sslModes } from "../storage/postgres/tls.ts";

/**
 * A base URL and nothing more. Plain HTTP is only for test servers on this machine, because WeChat Pay uses only HTTPS.
 */
export function isEndpoint(text: string): boolean {
  const url = URL.parse(text);
  if (!url || !/^([a-z0-9.-]+|\[[0-9a-f:.]+\])$/.test(url.hostname) || url.port === "0") return false;
  return isBare(url) && isSafe(url) && !hasApiPath(url);
}

/** The bot adds the API's path itself. A gateway may have a path before it, and WeChat Pay's own servers have none. */
function hasApiPath({ hostname, pathname }: URL): boolean {
  const isTheirs = /(^|\.)(mch\.weixin\.qq\.com|wechatpay\.cn)$/.test(hostname);
  return isTheirs ? pathname !== "/" : /\/v3\/(goldplan|certificates)(\/|$)/.test(pathname);
}

/** Slack's Web API, or a test server on this machine. Each call sends the bot's token there. */
export function isSlackApi(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && isBare(url) && isSafe(url);
}

function isBare({ username, password, search, hash }: URL): boolean {
  return !(username || password || search || hash);
}

function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === "https:" || (protocol === "http:" && isLoopback(hostname));
}

export type AddressProblem = "malformed" | "in-memory" | "password-encoding" | "cut" | "port" | "sslmode";

/**
 * `password-encoding`: the user name or password contains `#`, `/`, `?` or `%`, so that the address ends before the
 * host. `cut`: it ends within the password, as a `#` in a `.env` file makes it. `in-memory`: SQLite would keep the
 * ledger nowhere. `port`: its port is a number that no port has. `sslmode`: pg does not know the value, and would take
 * it for one that it is not.
 */
export function readAddress(text: string): DatabaseAddress | AddressProblem {
  // With a Windows line end, the file would be another one.
  if (text !== text.trim()) return "malformed";
  if (/^sqlite:(:memory:$|file:.*(:memory:|mode=memory))/s.test(text)) return "in-memory";
  if (/^sqlite:./s.test(text)) return { engine: "sqlite", path: text.slice("sqlite:".length) };
  const [, rest] = /^postgres(?:ql)?:\/\/(.+)$/s.exec(text) ?? [];
  if (rest === undefined) return "malformed";
  const [, path = "", query = "", fragment] = /^([^?#]*)(?:\?([^#]*))?(#.*)?$/s.exec(rest) ?? [];
  const isCutShort = fragment !== undefined || path.includes("@", path.indexOf("/") + 1 || path.length);
  if (rest.includes("@") && (isCutShort || /^[^=&]*@/.test(query))) return "password-encoding";
  if (hasImpossiblePort(rest)) return "port";
  const url = URL.parse(text);
  // Of the port, not of the password: `@HOST:` and no number.
  if (!url && /@[^@:/?]+:(?!\d+(?:[/?]|$))[^@]*$/.test(rest)) return "malformed";
  if (!url) return rest.includes("@") ? "password-encoding" : /^[^/?:]+:[^/?]*$/.test(rest) ? "cut" : "malformed";
  if (!isDecodable(url.username) || !isDecodable(url.password)) return "password-encoding";
  if (!url.searchParams.getAll("sslmode").every((mode) => sslModes.includes(mode))) return "sslmode";
  return { engine: "postgres", url: text };
}

/**
 * Whether `USER:PASSWORD@HOST:PORT/…` is right but for the port. What has neither an `@` nor a `/` may be cut short.
 */
function hasImpossiblePort(rest: string): boolean {
  const [, host, port] = /^((?:[^/?]*@|(?=[^@]*\/))(?:[^@/?:[\]]+|\[[^\]]*\])):(\d+)(?:[/?].*)?$/s.exec(rest) ?? [];
  return port !== undefined && (Number(port) < 1 || Number(port) > 65_535) && URL.canParse(`postgres://${host}/`);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    // A percent sign that begins no escape.
    return false;
  }
}
