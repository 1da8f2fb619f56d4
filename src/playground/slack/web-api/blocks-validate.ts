/**
 * `blocks.validate`: what Slack thinks of blocks, a view or a message, without a token (slack-rules.md 3.4 and 4.5).
 */
import type { Problem } from "../block-kit/schema.ts";
import { blockProblems, viewProblems } from "../block-kit/validate.ts";
import { isObject, type Json, type JsonObject, parseJson } from "../json.ts";
import { invalidArguments, Refusal } from "../refusal.ts";
import { newContent, readContent } from "./message-content.ts";
import type { Call, Methods } from "./method.ts";

const kinds = ["blocks", "view", "message"] as const;
type Kind = (typeof kinds)[number];

/** For each of the three arguments, as JSON. */
const charactersMax = 100_000;

export const validationMethods: Methods = {
  "blocks.validate": { token: "none", tier: "special", takesJson: true, run: validate },
};

function validate(call: Call): JsonObject {
  const [kind, another] = kinds.filter((each) => call.args[each] !== undefined);
  if (kind === undefined || another !== undefined) throw invalidArguments("exactly one of blocks, view and message");
  const given = call.args[kind];
  if (given === undefined || (typeof given === "string" ? given : JSON.stringify(given)).length > charactersMax)
    throw invalidArguments(`must be less than ${charactersMax + 1} characters [json-pointer:/${kind}]`);
  const errors = problemsOf[kind](typeof given === "string" ? (parseJson(given) ?? given) : given, call);
  if (errors.length > 0) throw new Refusal(`invalid_${kind}`, { errors });
  return {};
}

/** The same verdict as that of the methods that show it, which use the same functions. */
const problemsOf: Readonly<Record<Kind, (given: Json, call: Call) => readonly JsonObject[]>> = {
  blocks: (given, call) => {
    const errors = blockProblems(given).map((problem) => errorOf(problem, "/blocks"));
    return errors.length > 0 ? errors : refusalsOf(() => readContent({ blocks: given }, call.rules));
  },
  view: (given) => {
    if (!isObject(given)) return [errorOf({ text: "must provide an object", pointer: "" }, "")];
    return viewProblems(given).map((problem) => errorOf(problem, "/view"));
  },
  message: (given, call) => {
    if (!isObject(given)) return [errorOf({ text: "must provide an object", pointer: "" }, "")];
    const errors = blockProblems(given["blocks"] ?? []).map((problem) => errorOf(problem, ""));
    return errors.length > 0 ? errors : refusalsOf(() => newContent(readContent(given, call.rules), call.rules));
  },
};

/** Pointers begin below the argument. The kinds of `constraint`, which Slack adds, are not documented. */
function errorOf({ text, pointer }: Problem, root: string): JsonObject {
  const [, field] = /^missing required field: (.+)$/.exec(text) ?? [];
  const code = field === undefined ? "failed_constraint" : "missing_field";
  return { code, message: text, pointer: pointer.slice(root.length), ...(field === undefined ? {} : { field }) };
}

/** What a message is refused for besides its blocks' own problems. */
function refusalsOf(read: () => unknown): readonly JsonObject[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return [{ code: "failed_constraint", message: error.code, pointer: "" }];
  }
}
