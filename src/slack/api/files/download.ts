/** Downloads files that people uploaded in a form: only from Slack, with the bot's token. */

export type Downloaded =
  | { kind: "read"; bytes: Uint8Array }
  | { kind: "too-large" }
  /** The file is on another server, which must not receive the token. */
  | { kind: "not-slacks" };

/** Rejects if Slack did not serve the file. */
export type Download = (url: string, bytesMax: number) => Promise<Downloaded>;

export interface DownloadNeeds {
  token: string;
  /** The Web API's base URL; its server may receive the token. */
  slackApiUrl: string;
  fetch: typeof fetch;
  /** Time limit for the whole download, in milliseconds. */
  timeoutMs: number;
}

export function createDownload({ token, slackApiUrl, fetch, timeoutMs }: DownloadNeeds): Download {
  const isSlacks = ({ origin, protocol, hostname }: URL) =>
    origin === new URL(slackApiUrl).origin || (protocol === "https:" && /(^|\.)slack\.com$/.test(hostname));

  return async (address, bytesMax) => {
    const url = URL.parse(address);
    if (!url || !isSlacks(url)) return { kind: "not-slacks" };
    const response = await fetch(url.href, {
      headers: { authorization: `Bearer ${token}` },
      // Without the scope, Slack redirects to a sign-in page.
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { status, headers, body } = response;
    const isPage = headers.get("content-type")?.startsWith("text/html") ?? false;
    if (status !== 200 || isPage || !body) {
      await body?.cancel();
      throw new Error(`Slack answered ${status}${isPage ? " with a page" : ""} where a file should be`);
    }
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of body) {
      length += chunk.length;
      if (length > bytesMax) return { kind: "too-large" };
      chunks.push(chunk);
    }
    return { kind: "read", bytes: Buffer.concat(chunks) };
  };
}
