/** The connections to WeChat Pay's endpoints: one keep-alive pool each, through a proxy if one is set. */
import { type Dispatcher, Pool } from "undici";
import { createConnector } from "../network/connector.ts";
import { nameOfProxy, type ProxyAddress, usesProxy } from "../network/proxy.ts";

/** One base URL, parsed once. */
export type Endpoint = {
  origin: string;
  /** The names shown to people: the host name, with the port unless it is 443, and the proxy if connections use it. */
  server: { host: string; proxy?: string };
  /** The base URL's path without its last slash. It is sent, so it is also signed. */
  pathPrefix: string;
  dispatcher: Dispatcher;
};

/** Simultaneous connections to one endpoint. Further calls wait, within their own time limit. */
const connectionsMax = 128;

// WeChat Pay closes idle connections after 8 s, and announces it in `Keep-Alive: timeout=8`. Ours close 2 s before the
// time that a server announces, after 6 s at the latest, and after 4 s if it announces none.
const keepAlive = { keepAliveTimeout: 4_000, keepAliveMaxTimeout: 6_000, keepAliveTimeoutThreshold: 2_000 };

/**
 * Does not open connections yet.
 * @param connectTimeoutMs time limit for TCP and TLS together
 * @throws TypeError for a URL that cannot be an endpoint; the settings reject those first
 */
export function openEndpoint(baseUrl: string, connectTimeoutMs: number, proxy: ProxyAddress | undefined): Endpoint {
  const url = new URL(baseUrl);
  const isPlainBase = url.search === "" && url.hash === "" && url.username === "" && url.password === "";
  if (!/^https?:$/.test(url.protocol) || !isPlainBase) {
    throw new TypeError("an endpoint is an http(s) URL without credentials, query and fragment");
  }
  const dispatcher = new Pool(url.origin, {
    ...keepAlive,
    connect: createConnector({ proxy, connectTimeoutMs }),
    connections: connectionsMax,
    // One request at a time on a connection: a stuck answer must not delay the next call.
    pipelining: 1,
    allowH2: false,
    // The call's one time limit covers these two.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const server = { host: url.host, ...(proxy && usesProxy(proxy, url) && { proxy: nameOfProxy(proxy) }) };
  return { origin: url.origin, server, pathPrefix: pathPrefixOf(url), dispatcher };
}

export function pathPrefixOf({ pathname }: Pick<URL, "pathname">): string {
  return pathname.replace(/\/+$/, "");
}
