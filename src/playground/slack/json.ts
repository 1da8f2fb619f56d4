/** JSON values of unknown shape, as they arrive from an app, and safe ways to look into them. */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
/** `undefined` members are allowed: JSON.stringify leaves them out. */
export type JsonObject = { readonly [key: string]: Json | undefined };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The JSON value that `text` holds, or `undefined` when it is not JSON (JSON itself has no `undefined`). */
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

/** The objects in the array at `key`; anything else there is left out. */
export function objectsIn(from: Json | undefined, key: string): readonly JsonObject[] {
  const value = isObject(from) ? from[key] : undefined;
  return isArray(value) ? value.filter(isObject) : [];
}

/** Slack takes booleans as JSON booleans and, in forms and response URLs, as the words `true` and `1`. */
export function flagIn(from: JsonObject, key: string): boolean | undefined {
  const value = from[key];
  if (value === undefined || value === null) return undefined;
  return value === true || value === "true" || value === "1" || value === 1;
}
