/** Samples the memory of instances while a campaign runs. */
import { setTimeout as delay } from "node:timers/promises";

/** Resident memory of one instance, in MB, at a time on the campaign's monotonic clock, in milliseconds. */
export interface MemorySample {
  atMs: number;
  mb: number;
}

const sampleEveryMs = 250;

/** @param ports OPS_PORT of each instance */
export function watchMemory(ports: readonly number[]): { stop(): Promise<readonly MemorySample[]> } {
  const samples: MemorySample[] = [];
  const stopping = new AbortController();
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      for (const port of ports) {
        // An instance that was just killed has no memory to report.
        const page = await fetch(`http://127.0.0.1:${port}/metrics`).then(
          (answer) => answer.text(),
          () => "",
        );
        const [, bytes] = /^process_resident_memory_bytes (\d+)$/m.exec(page) ?? [];
        if (bytes !== undefined) samples.push({ atMs: performance.now(), mb: Math.round(Number(bytes) / 1e6) });
      }
      await delay(sampleEveryMs);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await watching;
      return samples;
    },
  };
}

/**
 * The memory in the middle of a run and at its end: the medians of the tenth of the time after the middle and of the
 * last tenth.
 */
export function growthIn(samples: readonly MemorySample[]): { middleMb: number; endMb: number; percent: number } {
  const [from, to] = [samples[0]?.atMs ?? 0, samples.at(-1)?.atMs ?? 0];
  const medianOf = (first: number, last: number) => {
    const inside = samples.filter(
      ({ atMs }) => atMs >= from + (to - from) * first && atMs <= from + (to - from) * last,
    );
    const sorted = inside.map(({ mb }) => mb).sort((one, other) => one - other);
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  };
  const [middleMb, endMb] = [medianOf(0.5, 0.6), medianOf(0.9, 1)];
  return { middleMb, endMb, percent: (endMb / middleMb - 1) * 100 };
}
