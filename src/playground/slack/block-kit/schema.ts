/** The small language in which the Block Kit tables are written; validate.ts interprets it. */

/** Where blocks appear: in a message, in a modal or on the App Home tab. */
export type Surface = "message" | "modal" | "home";

/** One problem. `pointer` is a JSON pointer to the wrong value, or to its parent if a field is missing. */
export type Problem = { readonly text: string; readonly pointer: string };

export type Schema =
  | { readonly kind: "string"; readonly min: number; readonly max: number; readonly pattern?: RegExp }
  | { readonly kind: "enum"; readonly values: readonly string[] }
  | { readonly kind: "boolean" }
  | { readonly kind: "number"; readonly whole: boolean; readonly min: number; readonly max: number }
  | {
      readonly kind: "array";
      readonly of: Schema;
      readonly min: number;
      readonly max: number;
      readonly unique: boolean;
    }
  | { readonly kind: "text"; readonly types: readonly ("plain_text" | "mrkdwn")[]; readonly max: number }
  | { readonly kind: "object"; readonly shape: Shape }
  /** An object whose `type` names one of these shapes. */
  | { readonly kind: "typed"; readonly family: Family; readonly types: readonly string[] }
  | { readonly kind: "nullable"; readonly of: Schema }
  | { readonly kind: "anything" };

/** The tables in which a `type` is looked up. */
export type Family = "block" | "element" | "rich";

export type Shape = {
  /** Properties besides `type`. Any other one is an `invalid additional property`. */
  readonly properties: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  /** Exactly one of the properties of each group. */
  readonly oneOf?: readonly (readonly string[])[];
  /** At least one of the properties of each group. */
  readonly anyOf?: readonly (readonly string[])[];
  /** The surfaces on which it can appear. Default: all. */
  readonly surfaces?: readonly Surface[];
};

export const str = (max: number, min = 1): Schema => ({ kind: "string", min, max });
export const matching = (pattern: RegExp, max: number): Schema => ({ kind: "string", min: 1, max, pattern });
export const among = (...values: readonly string[]): Schema => ({ kind: "enum", values });
export const bool: Schema = { kind: "boolean" };
export const anything: Schema = { kind: "anything" };
export const int = (min: number, max: number): Schema => ({ kind: "number", whole: true, min, max });
export const num: Schema = { kind: "number", whole: false, min: -Infinity, max: Infinity };
export const list = (of: Schema, min: number, max: number): Schema => ({ kind: "array", of, min, max, unique: false });
export const set = (of: Schema, min: number, max: number): Schema => ({ kind: "array", of, min, max, unique: true });
export const plain = (max: number): Schema => ({ kind: "text", types: ["plain_text"], max });
export const text = (max: number): Schema => ({ kind: "text", types: ["plain_text", "mrkdwn"], max });
export const object = (shape: Shape): Schema => ({ kind: "object", shape });
export const block = (...types: readonly string[]): Schema => ({ kind: "typed", family: "block", types });
export const element = (...types: readonly string[]): Schema => ({ kind: "typed", family: "element", types });
export const rich = (...types: readonly string[]): Schema => ({ kind: "typed", family: "rich", types });
export const orNull = (of: Schema): Schema => ({ kind: "nullable", of });
