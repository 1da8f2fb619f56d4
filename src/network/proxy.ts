/**
 * The environment's proxy variables: the proxy, and the hosts for which it is not used. Pure; no error quotes a value.
 */

/** HTTPS_PROXY and NO_PROXY, parsed. */
export interface ProxyAddress {
  /** `http:` or `https:`, the protocol of the connection to the proxy itself. */
  protocol: "http:" | "https:";
  hostname: string;
  port: number;
  /** The `Proxy-Authorization` header; undefined without credentials. */
  authorization: string | undefined;
  /**
   * NO_PROXY as set: hosts, `.domains` and `*`, each with an optional `:port`; an IPv6 address with a port has
   * brackets.
   */
  noProxy: string;
}

export const proxyProblems = [
  /** A scheme other than http:// or https://. */
  "scheme",
  /** Not an address, or an address with a path or a query. */
  "address",
  /** Not a port number. */
  "port",
  /** `#`, `/`, `?` or a lone `%` in the user name or the password. */
  "encoding",
] as const;
export type ProxyProblem = (typeof proxyProblems)[number];

/** The variables that may contain a proxy, in curl's order. */
export const proxyVariables = ["https_proxy", "HTTPS_PROXY"] as const;
const noProxyVariables = ["no_proxy", "NO_PROXY"] as const;

/** The proxy in an environment, or its problem; `proxy` is undefined if none is set. */
export function readProxy(
  env: Readonly<Record<string, string | undefined>>,
):
  | { ok: true; proxy: ProxyAddress | undefined; secrets: readonly string[] }
  | { ok: false; variable: (typeof proxyVariables)[number]; problem: ProxyProblem } {
  const variable = proxyVariables.find((name) => env[name]?.trim());
  if (variable === undefined) return { ok: true, proxy: undefined, secrets: [] };
  const noProxy = noProxyVariables.map((name) => env[name]).find(Boolean) ?? "";
  const read = readAddress(env[variable]?.trim() ?? "");
  if (typeof read === "string") return { ok: false, variable, problem: read };
  const { url, credentials } = read;
  const authorization = credentials && `Basic ${Buffer.from(credentials).toString("base64")}`;
  return {
    ok: true,
    proxy: {
      protocol: url.protocol === "https:" ? "https:" : "http:",
      hostname: url.hostname,
      port: Number(url.port || (url.protocol === "https:" ? 443 : 80)),
      authorization,
      noProxy,
    },
    secrets: credentials === undefined ? [] : [url.password, passwordOf(credentials), authorization?.slice(6) ?? ""],
  };
}

/** The proxy as people read it, without its credentials. */
export function nameOfProxy({ hostname, port }: Pick<ProxyAddress, "hostname" | "port">): string {
  return `${hostname}:${port}`;
}

/** Whether `url` is reached through the proxy. Addresses of this machine never are. */
export function usesProxy({ noProxy }: Pick<ProxyAddress, "noProxy">, { hostname, port, protocol }: Address): boolean {
  const host = hostname.replace(/^\[(.+)\]$/, "$1").replace(/\.$/, "");
  if (isLoopback(host)) return false;
  const wantedPort = port || (/^(https|wss):$/.test(protocol) ? "443" : "80");
  return !noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      const { name, port: itsPort } = readEntry(entry);
      if (name === "" || (itsPort !== undefined && itsPort !== wantedPort)) return false;
      if (name === "*") return true;
      const domain = name.replace(/^\*?\.|\.$/g, "");
      return (!name.startsWith("*") && host === domain) || host.endsWith(`.${domain}`);
    });
}

/** Without brackets, an entry with two or more colons is an IPv6 address, and its last group is no port. */
function readEntry(entry: string): { name: string; port: string | undefined } {
  if (/^[^[]*:[^[]*:/.test(entry)) return { name: entry, port: undefined };
  const [, name = "", port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(entry) ?? [];
  return { name, port };
}

type Address = Pick<URL, "hostname" | "port" | "protocol">;

export function isLoopback(hostname: string): boolean {
  return /^(localhost|::1|\[::1\]|127(\.\d+){3})$/.test(hostname);
}

function readAddress(text: string): { url: URL; credentials: string | undefined } | ProxyProblem {
  const [, scheme = "http", rest = text] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(text) ?? [];
  if (!/^https?$/i.test(scheme)) return "scheme";
  const at = rest.lastIndexOf("@");
  if (/[#/?\\]/.test(rest.slice(0, Math.max(0, at)))) return "encoding";
  const host = rest.slice(at + 1);
  const [, port] = /:([^:\]/]*)(?:\/.*)?$/.exec(host) ?? [];
  if (port !== undefined && !/^\d{1,5}$/.test(port)) return "port";
  const url = URL.parse(`${scheme}://${rest}`);
  if (!url) return port === undefined ? "address" : "port";
  if (url.port === "0") return "port";
  if (url.pathname !== "/" || url.search || url.hash || !url.hostname) return "address";
  if (at < 0) return { url, credentials: undefined };
  try {
    return { url, credentials: `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` };
  } catch {
    // A percent sign that does not begin an escape.
    return "encoding";
  }
}

function passwordOf(credentials: string): string {
  return credentials.slice(credentials.indexOf(":") + 1);
}
