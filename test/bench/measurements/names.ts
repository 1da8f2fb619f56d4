/** Finding merchants in a directory of a million names, compared with one of a thousand. */
import { startVersion } from "../../../src/ledger/directory/new-version.ts";
import { createLedger, type Ledger } from "../../../src/ledger/ledger.ts";
import { systemClock, systemRandom } from "../../../src/system-clock.ts";
import { type Engine, engines } from "../../storage/engines.ts";
import { figure, median, quantile, type Result } from "../figures.ts";

const sizes = { small: 1_000, large: 1_000_000 } as const;
const rounds = 200;
const warmUps = 20;
const batch = 1_000;

/** A word of many names, a whole name, a single character, a part of a number, and what no name has. */
const texts = ["火锅", "蓝海火锅", "店", "160012", "海锅"];
const places = "蓝海 红湖 金沙 绿洲 白云 青山 黄河 紫荆 银杏 碧波".split(" ");
const kinds = "火锅 烧烤 面馆 茶馆 咖啡 超市 药房 酒店 水果 服饰".split(" ");

export async function measureNames(): Promise<Result[]> {
  const results: Result[] = [];
  for (const engine of engines) if (engine.skip === false) results.push(...(await measureOn(engine)));
  return results;
}

async function measureOn(engine: Engine): Promise<Result[]> {
  await using small = await filled(engine, sizes.small);
  await using large = await filled(engine, sizes.large);
  const results: Result[] = [];
  for (const text of texts) {
    const took = { small: [] as number[], large: [] as number[] };
    for (let n = 0; n < warmUps + rounds; n++)
      for (const [size, { ledger }] of [["small", small] as const, ["large", large] as const]) {
        const startAt = performance.now();
        await ledger.directory.find(text);
        if (n >= warmUps) took[size].push(performance.now() - startAt);
      }
    const ofMillion = median(took.large);
    results.push({
      what: `${engine.name}: finding ${text} among 1,000,000 names`,
      ours: `${figure(ofMillion)} ms, 99 % within ${figure(quantile(took.large, 0.99))} ms`,
      baseline: `${figure(median(took.small))} ms among 1,000`,
      figure: ofMillion,
      target: { max: 50 },
      unit: " ms",
      notes: text === texts[0] ? [`${engine.name}: a million names are imported in ${figure(large.seconds)} s`] : [],
    });
  }
  return results;
}

async function filled(engine: Engine, size: number): Promise<{ ledger: Ledger; seconds: number } & AsyncDisposable> {
  const store = await engine.open();
  const ledger = createLedger({
    store,
    clock: systemClock,
    random: systemRandom,
    mchid: "1900000100",
    instance: "bench",
  });
  const startAt = performance.now();
  const version = await startVersion({ store, clock: systemClock });
  for (let first = 0; first < size; first += batch)
    await version.add(Array.from({ length: batch }, (_, nth) => entry(first + nth)));
  const origin = { from: "instance", id: "bench" } as const;
  await ledger.directory.adopt(await version.finish(), { by: "bot", origin });
  const seconds = (performance.now() - startAt) / 1_000;
  return { ledger, seconds, [Symbol.asyncDispose]: () => store.close() };
}

/** Names with characters that most names do not have, as towns and owners give them. */
function entry(nth: number) {
  const own = [nth * 7919, nth * 104_729].map((each) => String.fromCodePoint(0x4e00 + (each % 2_500) * 7)).join("");
  const branch = nth % 3 === 0 ? `（${own}店）` : "";
  const name = `${places[nth % 10]}${nth % 2 === 0 ? own : ""}${kinds[(nth * 31) % 10]}${branch}`;
  return { subMchid: String(1_600_000_000 + nth * 7), name, note: undefined };
}
