/** The connections to WeChat Pay's endpoints: one keep-alive pool each, through a proxy where the environment says so. */
import { type Dispatcher, EnvHttpProxyAgent, Pool } from "undici";

/** One base URL, taken apart once. */
export type Endpoint = {
  origin: string;
  /** The base URL's path without its last slash: it goes over the wire, and so into the signature. */
  pathPrefix: string;
  dispatcher: Dispatcher;
};

/** The proxy variables of the environment, in both spellings; the lower case wins, as in curl. */
export type ProxyEnvironment = Readonly<Record<string, string | undefined>>;

/** Simultaneous connections to one endpoint; calls beyond it wait, within their own time limit. */
export const connectionsMax = 128;

// WeChat Pay closes idle connections after 8 s, and says so in `Keep-Alive: timeout=8`: ours go 2 s before what a
// server says, after 6 s at the latest, and after 4 s where it says nothing.
const keepAlive = { keepAliveTimeout: 4_000, keepAliveMaxTimeout: 6_000, keepAliveTimeoutThreshold: 2_000 };

/**
 * Opens nothing yet. Throws for a URL that cannot be an endpoint: the settings are checked before they come here.
 * @param connectTimeoutMs for TCP and TLS together
 */
export function openEndpoint(baseUrl: string, connectTimeoutMs: number, env: ProxyEnvironment): Endpoint {
  const url = new URL(baseUrl);
  const isPlainBase = url.search === "" && url.hash === "" && url.username === "" && url.password === "";
  if (!/^https?:$/.test(url.protocol) || !isPlainBase) {
    throw new TypeError("an endpoint is an http(s) URL without credentials, query and fragment");
  }
  const options = {
    ...keepAlive,
    connect: { timeout: connectTimeoutMs },
    connections: connectionsMax,
    // One request at a time on a connection: a stuck answer must not hold up the next call.
    pipelining: 1,
    allowH2: false,
    // The call's one time limit covers these two.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  const httpsProxy = env["https_proxy"] ?? env["HTTPS_PROXY"] ?? "";
  const dispatcher =
    httpsProxy === "" || url.protocol === "http:" || isLoopback(url.hostname)
      ? new Pool(url.origin, options)
      : new EnvHttpProxyAgent({
          ...options,
          connectTimeout: connectTimeoutMs,
          // Given as strings, so that undici does not look into the process's environment by itself.
          httpProxy: "",
          httpsProxy,
          noProxy: env["no_proxy"] ?? env["NO_PROXY"] ?? "",
        });
  return { origin: url.origin, pathPrefix: url.pathname.replace(/\/+$/, ""), dispatcher };
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d+){3}$/.test(hostname);
}
