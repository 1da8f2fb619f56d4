/** Decodes a file's bytes in the encodings that spreadsheets use here: UTF-8, UTF-16 and GB 18030. */

/** Undefined if the file is not text, such as a workbook or a picture. */
export function decodeFile(bytes: Uint8Array): string | undefined {
  const text = decoded(bytes);
  // No text has this character, and every workbook and picture does.
  return text === undefined || text.includes("\0") ? undefined : text;
}

function decoded(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  // "Unicode text", as Excel calls it, begins with its byte order.
  if (first === 0xff && second === 0xfe) return decode("utf-16le", bytes);
  if (first === 0xfe && second === 0xff) return decode("utf-16be", bytes);
  // Chinese in GB 18030, as a Chinese Excel saves CSV, is hardly ever also valid UTF-8.
  return decode("utf-8", bytes) ?? decode("gb18030", bytes);
}

function decode(encoding: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
