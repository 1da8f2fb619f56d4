/**
 * Uploads a file in Slack's three steps: an address for it, its bytes, and its place; see "files.getUploadURLExternal".
 * Slack's own client sends the bytes as a multipart form, which makes Node load a second HTTP client and copies the
 * file several times.
 */
import { WebAPIHTTPError, WebAPIRateLimitedError, WebAPIRequestError } from "@slack/web-api";
import { readAnswer } from "../response-schemas.ts";
import type { SlackApi } from "../web-api.ts";

/** A file and where to post it, with Slack's names. */
type FileArguments = {
  channel_id: string;
  thread_ts?: string;
  filename: string;
  file: Buffer<ArrayBuffer>;
  initial_comment: string;
};

/**
 * Slack's Web API with `files.uploadV2`, the name that Slack's client has for the three steps; its arguments are
 * `FileArguments`, and its answer is the client's. It rejects with the errors of `@slack/web-api`, as every method
 * does.
 * @param fetch has a time limit
 */
export function withUploads(api: SlackApi, fetch: typeof globalThis.fetch): SlackApi {
  return async (method, args) => {
    if (method !== "files.uploadV2") return api(method, args);
    const { filename, file, ...place } = args as FileArguments;
    const asked = await api("files.getUploadURLExternal", { filename, length: file.byteLength });
    const { upload_url: address, file_id: id } = readAnswer("files.getUploadURLExternal", asked);
    await send(address, file, fetch);
    const completed = await api("files.completeUploadExternal", { ...place, files: [{ id, title: filename }] });
    return { ok: true, files: [completed] };
  };
}

/** The address contains what allows the upload; the bot's token is not sent to it. */
async function send(address: string, file: FileArguments["file"], fetch: typeof globalThis.fetch): Promise<void> {
  const headers = { "content-type": "application/octet-stream" };
  let answer: Response;
  let said: string;
  try {
    answer = await fetch(address, { method: "POST", headers, body: file, redirect: "error" });
    said = await answer.text();
  } catch (error) {
    throw new WebAPIRequestError(error instanceof Error ? error : new Error(String(error)));
  }
  if (answer.status === 429) throw new WebAPIRateLimitedError(Number(answer.headers.get("retry-after")) || 1);
  if (answer.status !== 200)
    throw new WebAPIHTTPError(answer.status, answer.statusText, Object.fromEntries(answer.headers), said);
}
