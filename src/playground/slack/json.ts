/** JSON values of unknown shape, as apps send them, and safe ways to read them. */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
/** `undefined` members are allowed, because JSON.stringify omits them. */
export type JsonObject = { readonly [key: string]: Json | undefined };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** Parses `text`. Returns `undefined` if it is not JSON, which has no `undefined` of its own. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function stringIn(from: Json | undefined, key: string): string | undefined {
  const value = isObject(from) ? from[key] : undefined;
  return typeof value === "string" ? value : undefined;
}

export function objectIn(from: Json | undefined, key: string): JsonObject | undefined {
  const value = isObject(from) ? from[key] : undefined;
  return isObject(value) ? value : undefined;
}

/** The objects in the array at `key`. Other items are ignored. */
export function objectsIn(from: Json | undefined, key: string): readonly JsonObject[] {
  const value = isObject(from) ? from[key] : undefined;
  return isArray(value) ? value.filter(isObject) : [];
}

/** Slack accepts JSON booleans and, in forms and response URLs, the words `true` and `1`. */
export function flagIn(from: JsonObject, key: string): boolean | undefined {
  const value = from[key];
  if (value === undefined || value === null) return undefined;
  return value === true || value === "true" || value === "1" || value === 1;
}
