/** The local Slack's endpoints besides the Web API: response URLs, upload URLs and private file addresses. */
import type { Fault } from "../faults.ts";
import { isObject, type JsonObject, parseJson } from "../json.ts";
import { Refusal } from "../refusal.ts";
import type { State } from "../state.ts";
import type { Files } from "./files.ts";
import type { ContentRules } from "./message-content.ts";
import type { ResponseUrls } from "./response-url.ts";
import { type ApiCall, type ApiReply, faultReply, refused } from "./web-api.ts";

export type OtherNeeds = {
  readonly state: State;
  readonly responseUrls: ResponseUrls;
  readonly rules: ContentRules;
  readonly faultFor: (method: string) => Fault | undefined;
  readonly log: (call: ApiCall) => void;
};

/**
 * Answers a request to a response URL: `ok` as text, or 404 (expired) and 400 (not a message) with the code as JSON.
 */
export function answerResponseUrl(
  httpMethod: string | undefined,
  use: { readonly path: string; readonly contentType: string | undefined; readonly body: string },
  needs: OtherNeeds,
): ApiReply {
  const { state, responseUrls, rules } = needs;
  const parsed = parseJson(use.body);
  const args: JsonObject = isObject(parsed) ? parsed : { body: use.body };
  const logged = (outcome: ApiCall["outcome"]): void => {
    needs.log({ at: state.clock.now(), method: "response_url", args, outcome });
  };
  const fault = needs.faultFor("response_url");
  if (fault !== undefined && fault.kind !== "drop-after-acting") {
    logged({ kind: "fault", fault });
    return faultReply(fault);
  }
  try {
    if (httpMethod !== "POST") throw new Refusal("invalid_post_type");
    responseUrls.use(use.path, use.contentType, use.body, rules);
    logged({ kind: "ok", answer: {} });
    if (fault !== undefined) return { kind: "drop" };
    return { kind: "answer", status: 200, headers: { "content-type": "text/html" }, body: "ok" };
  } catch (error) {
    return refused(error, logged, ({ code, answer }) => {
      const gone = ["used_url", "expired_url", "no_such_url", "message_not_found"].includes(code);
      const headers = { "content-type": "application/json; charset=utf-8" };
      return { kind: "answer", status: gone ? 404 : 400, headers, body: JSON.stringify(answer) };
    });
  }
}

/** Answers a request for a private file. Without a token that can read it, Slack redirects to its sign-in page. */
export function answerPrivateFile(
  path: string,
  authorization: string | undefined,
  needs: Pick<OtherNeeds, "state" | "faultFor"> & { readonly files: Files },
): ApiReply {
  const { state, faultFor, files } = needs;
  const fault = faultFor("url_private");
  if (fault !== undefined) return fault.kind === "drop-after-acting" ? { kind: "drop" } : faultReply(fault);
  const mayRead = authorization === `Bearer ${state.app.botToken}` && state.app.scopes.includes("files:read");
  if (!mayRead) return { kind: "answer", status: 302, headers: { location: "/" }, body: "" };
  const file = files.privately(path);
  if (file?.content === undefined) return { kind: "answer", status: 404, headers: {}, body: "" };
  return { kind: "answer", status: 200, headers: { "content-type": "text/csv" }, body: file.content };
}

/** The bytes of an upload, either raw or the first file of a form. */
export async function readUpload(contentType: string, body: Buffer): Promise<Buffer> {
  if (!contentType.startsWith("multipart/form-data")) return body;
  const form = await new Response(new Uint8Array(body), { headers: { "content-type": contentType } }).formData();
  for (const [, value] of form) {
    if (typeof value !== "string") return Buffer.from(await value.arrayBuffer());
  }
  return Buffer.alloc(0);
}
