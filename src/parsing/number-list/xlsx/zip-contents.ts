/**
 * Reads a zip archive, and measures its uncompressed size instead of trusting its directory, so that a zip bomb is
 * refused before anything else reads it.
 */
import { inflateRawSync } from "node:zlib";

/** `files` by their paths. */
export type ZipRead = { kind: "sound"; files: ReadonlyMap<string, Buffer> } | { kind: "too-large" | "broken" };

/** Maximum files in a workbook: sheets, styles, pictures. */
const entriesMax = 2_000;

/**
 * Inflates each file of the archive, with never more than `bytesMax` in all. See "APPNOTE.TXT" of the zip format, 4.3:
 * the end of the central directory, its file headers, and the local file headers that they point at.
 */
export function readZip(zip: Buffer, bytesMax: number): ZipRead {
  const files = new Map<string, Buffer>();
  try {
    const end = zip.lastIndexOf(endSignature);
    if (end < 0) return { kind: "broken" };
    const count = zip.readUInt16LE(end + 10);
    if (count > entriesMax) return { kind: "too-large" };
    let left = bytesMax;
    let at = zip.readUInt32LE(end + 16);
    for (let nth = 0; nth < count; nth++) {
      const entry = entryAt(zip, at);
      if (!entry || entry.size > left) return { kind: entry ? "too-large" : "broken" };
      const content = entry.isStored ? entry.data : inflateRawSync(entry.data, { maxOutputLength: left + 1 });
      // The reader allocates memory according to the directory.
      if (content.length !== entry.size) return { kind: content.length > left ? "too-large" : "broken" };
      files.set(entry.path, content);
      left -= content.length;
      at = entry.next;
    }
    return { kind: "sound", files };
  } catch (error) {
    const isTooLarge = error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
    return { kind: isTooLarge ? "too-large" : "broken" };
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
  path: string;
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
  const pathEnd = at + 46 + zip.readUInt16LE(at + 28);
  return {
    path: zip.toString("utf8", at + 46, pathEnd),
    isStored: method === 0,
    data: zip.subarray(start, start + packed),
    size: zip.readUInt32LE(at + 24),
    next: pathEnd + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32),
  };
}
