/** Reads a Web API request: the token, and the arguments in a query, a form or JSON (slack-rules.md 3.1). */
import type { IncomingHttpHeaders } from "node:http";
import { isObject, type JsonObject, parseJson } from "../json.ts";
import { Refusal } from "../refusal.ts";

export type ApiRequest = {
  readonly httpMethod: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};

export type ApiArguments = {
  readonly token: string | undefined;
  readonly args: JsonObject;
  /** Slack's warnings about the format of the request, such as `missing_charset`. */
  readonly warnings: readonly string[];
};

/**
 * @param takesJson whether the method reads a JSON body, as only writing methods do; others ignore it
 * @throws Refusal if the body does not match its Content-Type
 */
export async function readArguments(request: ApiRequest, takesJson: boolean): Promise<ApiArguments> {
  const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  // A token in the query is refused, because it would end up in logs.
  const query = Object.fromEntries([...request.url.searchParams].filter(([name]) => name !== "token"));
  if (request.httpMethod === "GET" || request.body.length === 0) return { token: bearer, args: query, warnings: [] };

  const contentType = request.headers["content-type"];
  if (contentType === undefined) throw new Refusal("missing_post_type");
  const [type = "", ...parameters] = contentType.split(";").map((part) => part.trim().toLowerCase());
  const charset = parameters.find((part) => part.startsWith("charset="))?.slice("charset=".length);
  if (charset !== undefined && !["utf-8", "iso-8859-1"].includes(charset.replaceAll('"', ""))) {
    throw new Refusal("invalid_charset");
  }
  if (type === "application/json") {
    const warnings = charset === undefined ? ["missing_charset"] : [];
    if (!takesJson) return { token: bearer, args: query, warnings };
    const args = parseJson(request.body.toString());
    if (args === undefined) throw new Refusal("invalid_json");
    if (!isObject(args)) throw new Refusal("json_not_object");
    const { token: ignored, ...rest } = args;
    return { token: bearer, args: { ...query, ...withoutNulls(rest) }, warnings };
  }
  const form = await readForm(type, contentType, request.body);
  const { token, ...args } = form;
  const warnings = charset === undefined || type !== "application/x-www-form-urlencoded" ? [] : ["superfluous_charset"];
  return { token: bearer ?? token, args: { ...query, ...args }, warnings };
}

async function readForm(type: string, contentType: string, body: Buffer): Promise<Record<string, string>> {
  if (type === "application/x-www-form-urlencoded") return Object.fromEntries(new URLSearchParams(body.toString()));
  if (type !== "multipart/form-data") throw new Refusal("invalid_post_type");
  try {
    const form = await new Response(new Uint8Array(body), { headers: { "content-type": contentType } }).formData();
    const texts = [...form].filter((entry): entry is [string, string] => typeof entry[1] === "string");
    return Object.fromEntries(texts);
  } catch (error) {
    if (error instanceof TypeError) throw new Refusal("invalid_form_data");
    throw error;
  }
}

/** In JSON, null means "the default". */
function withoutNulls(args: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null));
}
