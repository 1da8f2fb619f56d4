/** Reads the APIv3 key from the settings, or names its problem. */
import { createSecretKey, type KeyObject } from "node:crypto";
import type { ApiV3KeyProblem } from "../../domain/platform-certificates/apiv3-key-problem.ts";

/** The characters are the key of AES-256; they encode nothing. */
const length = 32;

export function readApiV3Key(text: string): { ok: true; key: KeyObject } | { ok: false; problem: ApiV3KeyProblem } {
  const problem = problemOf(text);
  return problem === undefined
    ? { ok: true, key: createSecretKey(Buffer.from(text, "latin1")) }
    : { ok: false, problem };
}

function problemOf(text: string): ApiV3KeyProblem | undefined {
  if (text.includes("-----")) return "pem";
  if (text.length === length) return /^[\x21-\x7e]+$/.test(text) ? undefined : "characters";
  if (/^[0-9A-Fa-f]{40}$/.test(text)) return "serial";
  if (/^[0-9A-Fa-f]{64}$/.test(text)) return "hex";
  if (/^[0-9A-Za-z+/_-]{43}=?$/.test(text)) return "base64";
  return /^(\.{0,2}|~|[A-Za-z]:)[\\/]|\.(txt|pem|key)$/.test(text) ? "path" : "length";
}
