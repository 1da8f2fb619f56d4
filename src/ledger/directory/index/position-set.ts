/**
 * Sets of positions in the directory, in blocks of 65,536. Few positions of a block are stored one by one, many as a
 * bitmap, so that no row of the index has more than 11 kB; see Roaring bitmaps. As text, because a ledger is moved and
 * compared as text and numbers.
 */

/** How many positions one block has. */
export const blockSize = 65_536;
const bitmapBytes = blockSize / 8;
/** From here on, a bitmap is smaller. */
const listMax = bitmapBytes / 2;

export function blockOf(position: number): number {
  return Math.floor(position / blockSize);
}

/** @param offsets positions within one block, each once, in any order */
export function encodePositions(offsets: readonly number[]): string {
  if (offsets.length <= listMax) {
    const list = Buffer.alloc(offsets.length * 2);
    for (const [nth, offset] of offsets.entries()) list.writeUInt16LE(offset, nth * 2);
    return list.toString("base64");
  }
  const bitmap = Buffer.alloc(bitmapBytes);
  for (const offset of offsets) setBit(bitmap, offset);
  return `${bitmapMark}${bitmap.toString("base64")}`;
}

/** Not a character of base64. */
const bitmapMark = "#";

/** A set within one block, that others are combined with. */
export interface PositionSet {
  /** Keeps the positions that the stored set has too. */
  keep(positions: string): void;
  /** Adds the positions of the stored set. */
  add(positions: string): void;
  /** The offsets within the block, in ascending order. */
  offsets(): number[];
}

/** @param positions a stored set to begin with; none for an empty one */
export function positionSet(positions?: string): PositionSet {
  let bits = new Uint8Array(bitmapBytes);
  const add = (stored: string) => {
    const other = decoded(stored);
    if (other.kind === "list") for (const offset of other.offsets) setBit(bits, offset);
    else for (let at = 0; at < bitmapBytes; at++) bits[at] = (bits[at] ?? 0) | (other.bits[at] ?? 0);
  };
  if (positions !== undefined) add(positions);
  return {
    keep(stored) {
      const other = decoded(stored);
      const before = bits;
      bits = new Uint8Array(bitmapBytes);
      if (other.kind === "list") {
        for (const offset of other.offsets) if (hasBit(before, offset)) setBit(bits, offset);
      } else for (let at = 0; at < bitmapBytes; at++) bits[at] = (before[at] ?? 0) & (other.bits[at] ?? 0);
    },
    add,
    offsets() {
      const found: number[] = [];
      for (let at = 0; at < bitmapBytes; at++) {
        const byte = bits[at] ?? 0;
        for (let bit = 0; byte >> bit > 0; bit++) if ((byte >> bit) & 1) found.push(at * 8 + bit);
      }
      return found;
    },
  };
}

type Stored = { kind: "list"; offsets: Uint16Array } | { kind: "bitmap"; bits: Uint8Array };

function decoded(positions: string): Stored {
  if (positions.startsWith(bitmapMark))
    return { kind: "bitmap", bits: Buffer.from(positions.slice(bitmapMark.length), "base64") };
  const bytes = Buffer.from(positions, "base64");
  const offsets = new Uint16Array(bytes.length / 2);
  for (let nth = 0; nth < offsets.length; nth++) offsets[nth] = bytes.readUInt16LE(nth * 2);
  return { kind: "list", offsets };
}

function hasBit(bits: Uint8Array, offset: number): boolean {
  return (((bits[offset >> 3] ?? 0) >> (offset & 7)) & 1) === 1;
}

function setBit(bitmap: Uint8Array, offset: number): void {
  bitmap[offset >> 3] = (bitmap[offset >> 3] ?? 0) | (1 << (offset & 7));
}
