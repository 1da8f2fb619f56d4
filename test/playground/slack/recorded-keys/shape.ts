/**
 * The shape of recorded JSON: its keys and their types, without values, and how JSON and schemas are held against it.
 */

/**
 * A type (`string`, `number`, `boolean`, `object` for anything), the items of a list, alternatives, or an object's
 * keys. A key with `?` is missing or null in some recordings; `*` stands for ids that differ from one recording to the
 * next.
 */
export type Shape = string | readonly [Shape] | Either | { readonly [key: string]: Shape };

class Either {
  readonly shapes: readonly Shape[];
  constructor(shapes: readonly Shape[]) {
    this.shapes = shapes;
  }
}

export function either(...shapes: readonly Shape[]): Shape {
  return new Either(shapes);
}

/** What the recordings do not have, or have otherwise: one line for each key of `value`; empty if it is like them. */
export function differences(value: unknown, shape: Shape, at = ""): readonly string[] {
  if (shape instanceof Either) {
    const all = shape.shapes.map((one) => differences(value, one, at));
    return all.find((lines) => lines.length === 0) ?? all[0] ?? [];
  }
  if (typeof shape === "string") {
    const isLike = shape === "object" ? value !== null : typeof value === shape;
    return isLike ? [] : [`${at}: ${value === null ? "null" : typeof value} instead of ${shape}`];
  }
  if (isList(shape)) {
    if (!Array.isArray(value)) return [`${at}: no list`];
    return value.flatMap((item) => differences(item, shape[0], `${at}[]`));
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${at}: no object`];
  const known = Object.entries(value).flatMap(([key, one]) => {
    const [named, inner] = keyIn(shape, key) ?? [];
    if (one === undefined || (one === null && named?.endsWith("?"))) return [];
    return inner === undefined ? [`${at}.${key}: never recorded`] : differences(one, inner, `${at}.${key}`);
  });
  const missing = Object.keys(shape).filter((key) => !/[?*]$/.test(key) && !(key in value));
  return [...known, ...missing.map((key) => `${at}.${key}: recorded, and missing`)];
}

/** A key that is read: its path (`[]` for items), the types that are accepted, and whether reading fails without it. */
export interface ReadKey {
  path: readonly string[];
  types: readonly string[];
  isRequired: boolean;
}

/** Whether the recordings have this key, with a type that is accepted, and always if it is required. */
export function isRecorded({ path, types, isRequired }: ReadKey, shape: Shape): boolean {
  if (shape instanceof Either) return shape.shapes.some((one) => isRecorded({ path, types, isRequired }, one));
  const [first, ...rest] = path;
  if (first === undefined) return types.length === 0 || types.includes(typeOf(shape)) || shape === "object";
  if (typeof shape === "string") return shape === "object";
  const next = (inner: Shape): boolean => isRecorded({ path: rest, types, isRequired }, inner);
  if (isList(shape)) return first === "[]" && next(shape[0]);
  const [named = "", inner] = keyIn(shape, first) ?? [];
  return inner !== undefined && !(isRequired && named.endsWith("?")) && next(inner);
}

function keyIn(shape: { readonly [key: string]: Shape }, key: string): readonly [string, Shape] | undefined {
  const named = [key, `${key}?`, "*"].find((name) => name in shape);
  const inner = named === undefined ? undefined : shape[named];
  return named === undefined || inner === undefined ? undefined : [named, inner];
}

function typeOf(shape: Shape): string {
  if (typeof shape === "string") return shape;
  return isList(shape) ? "array" : "object";
}

function isList(shape: Exclude<Shape, string>): shape is readonly [Shape] {
  return Array.isArray(shape);
}
