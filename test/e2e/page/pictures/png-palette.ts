/** Smaller pictures: PNG as Chromium writes it, with a palette instead of full colours. */
import { crc32, deflateSync, inflateSync } from "node:zlib";

const colourMax = 256;
const frequentMax = 192;

/** The same picture with 256 colours, about half the size. Text on white needs no more. */
export function withPalette(png: Buffer): Buffer {
  const { width, height, pixels } = decode(png);
  const counts = new Map<number, number>();
  for (let at = 0; at < pixels.length; at += 3) {
    const colour = pixels.readUIntBE(at, 3);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const palette = paletteOf(counts);
  const places = new Map([...counts.keys()].map((colour) => [colour, nearest(colour, palette)]));
  const rows = Buffer.alloc((width + 1) * height);
  for (let at = 0; at < width * height; at += 1) {
    rows[at + 1 + Math.floor(at / width)] = places.get(pixels.readUIntBE(3 * at, 3)) ?? 0;
  }
  const header = Buffer.from(png.subarray(16, 29));
  header[9] = 3;
  const colours = Buffer.concat(palette.map((colour) => Buffer.from([colour >> 16, colour >> 8, colour])));
  return Buffer.concat([
    png.subarray(0, 8),
    chunk("IHDR", header),
    chunk("PLTE", colours),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** The most frequent colours, and then those that differ most from all before: an emoji's few pixels keep their red. */
function paletteOf(counts: ReadonlyMap<number, number>): number[] {
  const palette = [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, frequentMax)
    .map(([colour]) => colour);
  const left = new Map(
    [...counts.keys()].map((colour) => [colour, Math.min(...palette.map((one) => apart(one, colour)))]),
  );
  while (palette.length < colourMax) {
    const [furthest, distance] = [...left].reduce((one, other) => (other[1] > one[1] ? other : one), [0, 0]);
    if (distance === 0) break;
    palette.push(furthest);
    for (const [colour, before] of left) left.set(colour, Math.min(before, apart(furthest, colour)));
  }
  return palette;
}

function nearest(colour: number, palette: readonly number[]): number {
  let best = 0;
  for (const [place, other] of palette.entries()) {
    if (apart(colour, other) < apart(colour, palette[best] ?? 0)) best = place;
  }
  return best;
}

function apart(one: number, other: number): number {
  return [16, 8, 0].reduce((sum, shift) => sum + (((one >> shift) & 255) - ((other >> shift) & 255)) ** 2, 0);
}

/**
 * Chromium writes 8 bits each of red, green and blue, not interlaced. The filters are those of the PNG specification,
 * 9.2.
 */
function decode(png: Buffer): { width: number; height: number; pixels: Buffer } {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  if (png[24] !== 8 || png[25] !== 2 || png[28] !== 0) throw new Error("not the kind of PNG that Chromium writes");
  const packed: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString("latin1", at + 4, at + 8) === "IDAT")
      packed.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const filtered = inflateSync(Buffer.concat(packed));
  const row = width * 3;
  const pixels = Buffer.alloc(row * height);
  for (let at = 0; at < pixels.length; at += 1) {
    const [y, x] = [Math.floor(at / row), at % row];
    const left = x < 3 ? 0 : (pixels[at - 3] ?? 0);
    const up = y < 1 ? 0 : (pixels[at - row] ?? 0);
    const corner = x < 3 || y < 1 ? 0 : (pixels[at - row - 3] ?? 0);
    const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filtered[y * (row + 1)] ?? 0] ?? 0;
    pixels[at] = (filtered[at + y + 1] ?? 0) + guess;
  }
  return { width, height, pixels };
}

function paeth(left: number, up: number, corner: number): number {
  const [a, b, c] = [left, up, corner].map((one) => Math.abs(left + up - corner - one)) as [number, number, number];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

function chunk(type: string, content: Buffer): Buffer {
  const typed = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(content.length, 0);
  ends.writeUInt32BE(crc32(typed), 4);
  return Buffer.concat([ends.subarray(0, 4), typed, ends.subarray(4)]);
}
