/** Decodes a file's bytes in the encodings that spreadsheets use here: UTF-8, UTF-16, GB 18030 and Big5. */
import { createBig5Check } from "./big5.ts";

/** Undefined if the file is not text, such as a workbook or a picture. */
export function decodeFile(bytes: Uint8Array): string | undefined {
  const text = decoded(bytes);
  // No text has this character, and every workbook and picture does.
  return text === undefined || text.includes("\0") ? undefined : text;
}

export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "big5" | "gb18030";

/**
 * The encoding of a file that is too large for memory; undefined if the file is not text.
 * @param open reads the file from its beginning
 */
export async function encodingOf(open: () => AsyncIterable<Uint8Array>): Promise<Encoding | undefined> {
  for (const encoding of ["utf-8", "utf-16le", "utf-16be"] as const) if (await isIn(encoding, open())) return encoding;
  const check = createBig5Check();
  for await (const part of open()) check.add(part);
  if (check.isBig5() && (await isIn("big5", open()))) return "big5";
  return (await isIn("gb18030", open())) ? "gb18030" : undefined;
}

async function isIn(encoding: Encoding, bytes: AsyncIterable<Uint8Array>): Promise<boolean> {
  let isFirst = true;
  try {
    for await (const text of decodeParts(encoding, bytes)) {
      if (text.includes("\0") || (isFirst && encoding.startsWith("utf-16") && !text.startsWith("\ufeff"))) return false;
      isFirst = false;
    }
    return true;
  } catch {
    return false;
  }
}

/**
 * The text of a file, part by part, with its byte order mark.
 * @throws TypeError for bytes that are not in the encoding
 */
export async function* decodeParts(encoding: Encoding, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  for await (const part of bytes) yield decoder.decode(part, { stream: true });
  yield decoder.decode();
}

function decoded(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  // "Unicode text", as Excel calls it, begins with its byte order.
  if (first === 0xff && second === 0xfe) return decode("utf-16le", bytes);
  if (first === 0xfe && second === 0xff) return decode("utf-16be", bytes);
  // Chinese in GB 18030, as a Chinese Excel saves CSV, is hardly ever also valid UTF-8.
  return decode("utf-8", bytes) ?? big5(bytes) ?? decode("gb18030", bytes);
}

function big5(bytes: Uint8Array): string | undefined {
  const check = createBig5Check();
  check.add(bytes);
  return check.isBig5() ? decode("big5", bytes) : undefined;
}

function decode(encoding: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
