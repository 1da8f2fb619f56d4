/** Parses PEM text, or names its problem: OpenSSL has one message for a dozen mistakes. */
import type { PemProblem } from "../domain/key-problem.ts";

/** One armoured block: `label` as in `-----BEGIN label-----`, `pem` the block with lines of the usual length. */
export type PemBlock = { label: string; der: Buffer; pem: string };

/**
 * The blocks of `input`, in order. Accepts a byte order mark, CRLF, trailing spaces, empty lines, lines of any length
 * and text around the blocks.
 * @param input a setting's text, or a file's bytes
 */
export function readPemBlocks(
  input: string | Uint8Array,
): { ok: true; blocks: readonly PemBlock[] } | { ok: false; problem: PemProblem } {
  const text = cleanLines(typeof input === "string" ? input : Buffer.from(input).toString("utf8"));
  const problem = problemOf(text);
  if (problem !== undefined) return { ok: false, problem };
  const blocks: PemBlock[] = [];
  for (const [, label = "", body = ""] of text.matchAll(blockPattern)) {
    if (label === "ENCRYPTED PRIVATE KEY" || body.includes("ENCRYPTED")) return { ok: false, problem: "encrypted" };
    const base64 = body.replaceAll("\n", "");
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return { ok: false, problem: "unreadable" };
    const der = Buffer.from(base64, "base64");
    const bytesMissing = derLength(der) - der.byteLength;
    if (bytesMissing !== 0) return { ok: false, problem: bytesMissing > 0 ? "cut" : "unreadable" };
    // OpenSSL refuses empty lines and long ones, whose text is right all the same.
    const lines = base64.match(/.{1,64}/g) ?? [];
    blocks.push({ label, der, pem: `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n` });
  }
  return { ok: true, blocks };
}

const beginPattern = /-----BEGIN [A-Z0-9 ]+-----/;
const blockPattern = /-----BEGIN ([A-Z0-9 ]+)-----\n([\s\S]*?)\n-----END \1-----/g;

function cleanLines(text: string): string {
  return text
    .replace(/^\uFEFF/, "")
    .replace(/[ \t\r]+$/gm, "")
    .replaceAll("\r", "")
    .trim();
}

function problemOf(text: string): PemProblem | undefined {
  if (text === "") return "empty";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters reveal a binary file.
  if (/[\x00-\x08\x0E-\x1F\uFFFD]/.test(text)) return "binary";
  if (!beginPattern.test(text)) return problemWithoutBegin(text);
  if (text.includes("\\n")) return "literal-line-breaks";
  const lines = text.split("\n");
  if (lines.some((line) => /-----BEGIN [A-Z0-9 ]+-----./.test(line))) return "one-line";
  if (hasIndentedBlock(lines)) return "indented";
  const begins = text.match(/^-----BEGIN [A-Z0-9 ]+-----$/gm)?.length ?? 0;
  const whole = text.match(blockPattern)?.length ?? 0;
  if (begins === whole && whole > 0) return undefined;
  return text.includes("-----END ") ? "unreadable" : "cut";
}

function problemWithoutBegin(text: string): PemProblem {
  if (text.includes("-----END ")) return "cut";
  const isOneLine = !text.includes("\n");
  if (
    isOneLine &&
    /\.(pem|key|p12|pfx|crt|cer|der|txt)$|^(\/(run|etc|home|var|opt|root|app|secrets|tmp)\/|\.{0,2}\/?~\/|\.{1,2}[\\/]|[A-Za-z]:[\\/]|file:)/i.test(
      text,
    )
  ) {
    return "path";
  }
  // "-----BEGIN".
  if (/^LS0tLS1CRUdJTi/.test(text)) return "base64";
  if (/^[A-Za-z0-9+/\s]{64,}={0,2}$/.test(text.replaceAll("\\n", ""))) return "no-armour";
  if (isOneLine && text.startsWith("/")) return "path";
  if (/^PUB_KEY_ID_/i.test(text)) return "key-id";
  if (/^[0-9A-Fa-f]{40}$/.test(text)) return "serial";
  // Lines of a key, or an armour that was changed.
  return /BEGIN|PRIVATE|PUBLIC|CERTIFICATE|[A-Za-z0-9+/]{60}/.test(text) ? "unreadable" : "not-pem";
}

/** Looks inside blocks only: `openssl pkcs12` writes indented attributes before each block. */
function hasIndentedBlock(lines: readonly string[]): boolean {
  let isInside = false;
  for (const line of lines) {
    if (beginPattern.test(line)) isInside = true;
    if (isInside && /^[ \t]/.test(line)) return true;
    if (line.includes("-----END ")) isInside = false;
  }
  return false;
}

/** The length that the DER sequence at the start of `bytes` declares, including its header; 0 for anything else. */
function derLength(bytes: Buffer): number {
  const [tag, first = 0] = bytes;
  if (tag !== 0x30) return 0;
  if (first < 0x80) return 2 + first;
  const lengthBytes = first & 0x7f;
  if (lengthBytes === 0 || lengthBytes > 4 || bytes.byteLength < 2 + lengthBytes) return 0;
  return 2 + lengthBytes + bytes.readUIntBE(2, lengthBytes);
}
