/**
 * Whether a ledger's file and its write-ahead log were separated while nobody had them open. SQLite does not notice:
 * it opens a file without its log as an older state, and removes a log that is beside an empty file.
 */
import { readFileSync, statSync } from "node:fs";

/** `without-log`: the newest commits were in a log that is gone. `log-alone`: the log's file is missing or empty. */
export type Separation = "without-log" | "log-alone";

/**
 * Looks at the files' sizes, and at SQLite's index of the log (`-shm`), which a killed process leaves behind. A process
 * that closes the ledger last copies the whole log into the file before it removes the log and then the index, so that
 * an index that shows more than was copied is never its work.
 */
export function findSeparation(path: string): Separation | undefined {
  const logSize = sizeOf(`${path}-wal`);
  if (logSize !== undefined) return logSize > 0 && (sizeOf(path) ?? 0) === 0 ? "log-alone" : undefined;
  // Without a log, no connection of this process has the index open. Reading it would otherwise end their locks.
  return sizeOf(path) !== undefined && isUncopied(indexOf(path)) ? "without-log" : undefined;
}

function sizeOf(path: string): number | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size;
  } catch {
    // Opening it names the reason.
    return undefined;
  }
}

function indexOf(path: string): Buffer | undefined {
  try {
    return readFileSync(`${path}-shm`);
  } catch {
    return undefined;
  }
}

/**
 * SQLite's "WAL-Index File Format" (sqlite.org/walformat.html): two equal copies of a header of 48 bytes, in the
 * machine's byte order, with the number of the log's valid frames at 16; and at 96, how many of them are in the file.
 */
const header = { length: 48, version: 0, isInitialized: 12, frames: 16, copied: 96 } as const;
const knownVersion = 3_007_000;

function isUncopied(index: Buffer | undefined): boolean {
  if (index === undefined || index.length < header.copied + 4) return false;
  const numbers = new DataView(index.buffer, index.byteOffset);
  const isLittleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
  const numberAt = (offset: number) => numbers.getUint32(offset, isLittleEndian);
  const [first, second] = [0, header.length].map((start) => index.subarray(start, start + header.length));
  if (numberAt(header.version) !== knownVersion || index[header.isInitialized] !== 1) return false;
  return first?.equals(second ?? Buffer.of()) === true && numberAt(header.frames) > numberAt(header.copied);
}
