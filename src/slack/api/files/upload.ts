/**
 * Uploads a file in Slack's three steps: an address for it, its bytes, and its place; see "files.getUploadURLExternal".
 * Slack's own client sends the bytes as a multipart form, which makes Node load a second HTTP client and copies the file
 * several times.
 */
import { WebAPIHTTPError, WebAPIRateLimitedError, WebAPIRequestError } from "@slack/web-api";
import { readAnswer } from "../response-schemas.ts";
import type { SlackApi } from "../web-api.ts";

/** A file and where to post it, with Slack's names. */
export type FileArguments = {
  channel_id: string;
  thread_ts?: string;
  filename: string;
  file: Buffer;
  initial_comment: string;
};

export interface UploadNeeds {
  fetch: typeof fetch;
  /** Time limit for each step, in milliseconds. */
  timeoutMs: number;
}

/**
 * Slack's Web API with `files.uploadV2`, the name that Slack's client has for the three steps; its arguments are
 * `FileArguments`, and its answer is the client's. It rejects with the errors of `@slack/web-api`, as every method does.
 */
export function withUploads(api: SlackApi, needs: UploadNeeds): SlackApi {
  return async (method, args) => {
    if (method !== "files.uploadV2") return api(method, args);
    const { filename, file, ...place } = args as FileArguments;
    const asked = await api("files.getUploadURLExternal", { filename, length: file.byteLength });
    const { upload_url: address, file_id: id } = readAnswer("files.getUploadURLExternal", asked);
    await send(address, file, needs);
    const completed = await api("files.completeUploadExternal", { ...place, files: [{ id, title: filename }] });
    return { ok: true, files: [completed] };
  };
}

/** The address contains what allows the upload; the bot's token is not sent to it. */
async function send(address: string, file: Buffer, { fetch, timeoutMs }: UploadNeeds): Promise<void> {
  const answer = await answerTo(() =>
    fetch(address, {
      method: "POST",
      headers: { "content-type": "application/octet-stream" },
      body: new Uint8Array(file.buffer as ArrayBuffer, file.byteOffset, file.byteLength),
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    }),
  );
  const { status, statusText, headers } = answer;
  const body = await answerTo(() => answer.text());
  if (status === 429) throw new WebAPIRateLimitedError(Number(headers.get("retry-after")) || 1);
  if (status !== 200) throw new WebAPIHTTPError(status, statusText, Object.fromEntries(headers), body);
}

async function answerTo<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw new WebAPIRequestError(error instanceof Error ? error : new Error(String(error)));
  }
}
