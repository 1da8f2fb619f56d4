/** Every key that a zod schema reads from JSON, with the types that it accepts there. */
import { z } from "zod";
import type { ReadKey } from "./shape.ts";

type JsonSchema = {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema | false;
  readonly prefixItems?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
};

/** A key is required if nothing that contains it is optional or one of several alternatives. */
export function keysReadBy(schema: z.ZodType): readonly ReadKey[] {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any", reused: "inline" });
  return keysIn(json as JsonSchema, [], true).filter(({ path }) => path.length > 0);
}

function keysIn(schema: JsonSchema, path: readonly string[], isRequired: boolean): readonly ReadKey[] {
  const choices = (schema.anyOf ?? []).filter(({ type }) => type !== "null");
  if (choices.length > 0) return choices.flatMap((one) => keysIn(one, path, isRequired && choices.length === 1));
  const items = [...(schema.prefixItems ?? []), ...(schema.items ? [schema.items] : [])];
  return [
    { path, types: typesOf(schema), isRequired },
    ...items.flatMap((item) => keysIn(item, [...path, "[]"], isRequired)),
    ...Object.entries(schema.properties ?? {}).flatMap(([key, one]) =>
      keysIn(one, [...path, key], isRequired && (schema.required ?? []).includes(key)),
    ),
  ];
}

function typesOf({ type, const: only, enum: some }: JsonSchema): readonly string[] {
  if (type !== undefined) return [type].flat().map((one) => (one === "integer" ? "number" : one));
  return [...new Set([...(some ?? []), ...(only === undefined ? [] : [only])].map((value) => typeof value))];
}
