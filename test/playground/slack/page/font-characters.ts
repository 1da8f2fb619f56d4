/** The characters that a WOFF2 font has. Formats: "WOFF File Format 2.0", 4 and 5; "cmap" in OpenType. */
import { brotliDecompressSync } from "node:zlib";

const headerBytes = 48;
/** Its place in WOFF2's list of known table tags, and that of `glyf` and `loca`, which are stored transformed. */
const tags = { cmap: 0, glyf: 10, loca: 11, other: 63 } as const;

export function charactersOf(font: Buffer): ReadonlySet<string> {
  const cmap = tableOf(font, tags.cmap);
  const characters = new Set<string>();
  for (let record = 0; record < cmap.readUInt16BE(2); record += 1) {
    const subtable = cmap.subarray(cmap.readUInt32BE(4 + record * 8 + 4));
    for (const code of codesOf(subtable)) characters.add(String.fromCodePoint(code));
  }
  return characters;
}

/** The content of a table that is stored as it is. */
function tableOf(font: Buffer, wanted: number): Buffer {
  let at = headerBytes;
  let start = 0;
  let found: { start: number; length: number } | undefined;
  const varied = (): number => {
    let value = 0;
    for (;;) {
      const byte = font.readUInt8(at);
      at += 1;
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) return value;
    }
  };
  for (let table = font.readUInt16BE(12); table > 0; table -= 1) {
    const flags = font.readUInt8(at);
    at += 1;
    const [tag, version] = [flags & 0x3f, flags >> 6];
    if (tag === tags.other) at += 4;
    const length = varied();
    const isTransformed = tag === tags.glyf || tag === tags.loca ? version === 0 : version !== 0;
    const stored = isTransformed ? varied() : length;
    if (tag === wanted) found = { start, length: stored };
    start += stored;
  }
  if (found === undefined) throw new Error(`the font has no table ${wanted}`);
  const content = brotliDecompressSync(font.subarray(at, at + font.readUInt32BE(20)));
  return content.subarray(found.start, found.start + found.length);
}

function* codesOf(subtable: Buffer): Generator<number> {
  const format = subtable.readUInt16BE(0);
  if (format === 4) {
    const segments = subtable.readUInt16BE(6) / 2;
    for (let segment = 0; segment < segments; segment += 1) {
      const last = subtable.readUInt16BE(14 + segment * 2);
      const first = subtable.readUInt16BE(16 + (segments + segment) * 2);
      for (let code = first; code <= last && code < 0xffff; code += 1) yield code;
    }
  }
  if (format === 12) {
    for (let group = 0; group < subtable.readUInt32BE(12); group += 1) {
      const at = 16 + group * 12;
      for (let code = subtable.readUInt32BE(at); code <= subtable.readUInt32BE(at + 4); code += 1) yield code;
    }
  }
}
