/**
 * Measures the uncompressed size of a zip archive instead of trusting its directory, so that a zip bomb is refused
 * before anything reads it.
 */
import { inflateRawSync } from "node:zlib";

export type ZipVerdict = "sound" | "too-large" | "broken";

/** Maximum files in a workbook: sheets, styles, pictures. */
const entriesMax = 2_000;

/**
 * Inflates each file of the archive, with never more than `bytesMax` in all. See "APPNOTE.TXT" of the zip format, 4.3: the
 * end of the central directory, its file headers, and the local file headers that they point at.
 */
export function checkZip(zip: Buffer, bytesMax: number): ZipVerdict {
  try {
    const end = zip.lastIndexOf(endSignature);
    if (end < 0) return "broken";
    const count = zip.readUInt16LE(end + 10);
    if (count > entriesMax) return "too-large";
    let left = bytesMax;
    let at = zip.readUInt32LE(end + 16);
    for (let nth = 0; nth < count; nth++) {
      const entry = entryAt(zip, at);
      if (!entry || entry.size > left) return entry ? "too-large" : "broken";
      const inflated = entry.isStored
        ? entry.data.length
        : inflateRawSync(entry.data, { maxOutputLength: left + 1 }).length;
      // The reader allocates memory according to the directory.
      if (inflated !== entry.size) return inflated > left ? "too-large" : "broken";
      left -= inflated;
      at = entry.next;
    }
    return "sound";
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE" ? "too-large" : "broken";
  }
}

/** Whether bytes begin like a zip archive, and therefore like any workbook. */
export function isZip(bytes: Uint8Array): boolean {
  return [0x50, 0x4b, 3, 4].every((byte, at) => bytes[at] === byte);
}

const endSignature = Buffer.from([0x50, 0x4b, 5, 6]);
const fileSignature = 0x02014b50;
const encrypted = 1;

interface Entry {
  isStored: boolean;
  data: Buffer;
  /** In bytes, according to the directory. */
  size: number;
  next: number;
}

/** Undefined if the bytes are not a file header, or the file is encrypted or compressed in another way. */
function entryAt(zip: Buffer, at: number): Entry | undefined {
  if (zip.readUInt32LE(at) !== fileSignature || (zip.readUInt16LE(at + 8) & encrypted) !== 0) return undefined;
  const method = zip.readUInt16LE(at + 10);
  if (method !== 0 && method !== 8) return undefined;
  const packed = zip.readUInt32LE(at + 20);
  const local = zip.readUInt32LE(at + 42);
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  return {
    isStored: method === 0,
    data: zip.subarray(start, start + packed),
    size: zip.readUInt32LE(at + 24),
    next: at + 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32),
  };
}
