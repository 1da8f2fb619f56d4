/** The bytes of a merchant directory: of a file as often as they are needed, of anything that can be read only once. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";

/** In place of a path, as in many commands. */
export const standardInput = "-";

export interface DirectoryBytes {
  /** In bytes. */
  size: number;
  /** From the beginning, each time. */
  read(): AsyncIterable<Uint8Array>;
}

export type DirectoryBytesRead =
  | { kind: "bytes"; bytes: DirectoryBytes }
  /** `maxMb` is how much of what can be read only once is kept. */
  | { kind: "pipe-too-large"; maxMb: number };

/**
 * Maximum size of what can be read only once, in MB. The encoding shows only at the end, so all of it is kept: in
 * memory, because a container may have no place for a temporary file. A million names are about 50 MB.
 */
const pipeMaxMb = 256;
/** Bytes read at once. */
const partBytes = 262_144;

/** @param path a file, a pipe, a device or `standardInput`; @throws what reading it does */
export async function directoryBytes(path: string): Promise<DirectoryBytesRead> {
  if (path === standardInput) return await keptBytes(process.stdin);
  const found = await stat(path);
  const read = () => createReadStream(path, { highWaterMark: partBytes });
  // The encoding is tried out on the whole content, so a file is read several times.
  return found.isFile() ? { kind: "bytes", bytes: { size: found.size, read } } : await keptBytes(read());
}

/** @param parts read once and kept */
export async function keptBytes(parts: AsyncIterable<Uint8Array>, maxMb = pipeMaxMb): Promise<DirectoryBytesRead> {
  const kept: Uint8Array[] = [];
  let size = 0;
  for await (const part of parts) {
    size += part.length;
    if (size > maxMb * 1_000_000) return { kind: "pipe-too-large", maxMb };
    kept.push(part);
  }
  async function* read() {
    yield* kept;
  }
  return { kind: "bytes", bytes: { size, read } };
}

/** The first bytes, or as many as there are. @param count Infinity for all of them */
export async function firstBytes({ read }: DirectoryBytes, count: number): Promise<Uint8Array> {
  const first: Uint8Array[] = [];
  let size = 0;
  for await (const part of read()) {
    first.push(part.subarray(0, count - size));
    size += part.length;
    if (size >= count) break;
  }
  return Buffer.concat(first);
}
