/** A disk that a test can fill up. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { codeOf } from "../../../src/storage/store-errors.ts";

export interface SmallDisk {
  /** Where it is mounted. */
  path: string;
  /** For tests that need it: false, or why no disk could be mounted. */
  skip: string | false;
  /** Leaves no room for any of these sizes, in bytes, the largest first. Returns what makes room again. */
  fill(...sizes: number[]): () => void;
}

/** Unmounts once its input ends, also because this process was killed. Prints a line once the disk is mounted. */
const script = 'mount -t tmpfs -o "size=$2" tmpfs "$1" && echo mounted && cat && umount --lazy "$1"; rmdir "$1"';

/** Mounts a disk until the file's tests have ended, in whatever way. Needs the right to do so. @param size as `3m` */
export async function mountSmallDisk(size: string): Promise<SmallDisk> {
  const path = mkdtempSync(join(tmpdir(), "receipt-disk-"));
  const holder = spawn("sh", ["-c", script, "sh", path, size], { stdio: ["pipe", "pipe", "ignore"], detached: true });
  const ended = once(holder, "close");
  after(async () => {
    holder.stdin.end();
    await ended;
  });
  const isMounted = await Promise.race([once(holder.stdout, "data").then(() => true), ended.then(() => false)]);
  return {
    path,
    skip: !isMounted && "SKIPPED: no file system can be mounted here",
    fill(...sizes) {
      const filling = join(path, "filling");
      for (const size of sizes)
        try {
          for (;;) writeFileSync(filling, Buffer.alloc(size), { flag: "a" });
        } catch (error) {
          if (codeOf(error) !== "ENOSPC") throw error;
        }
      return () => rmSync(filling);
    },
  };
}
