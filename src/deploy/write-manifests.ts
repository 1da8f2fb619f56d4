/**
 * `node src/deploy/write-manifests.ts` writes the Slack app's manifest in each language; only words that people read
 * differ.
 */
import { writeFileSync } from "node:fs";
import { manifestIn } from "../slack/app-manifest.ts";
import { textsOf } from "../text/texts.ts";

const files = { en: "../../manifest.yml", "zh-CN": "./manifest.zh-CN.yml" } as const;

for (const locale of ["en", "zh-CN"] as const)
  writeFileSync(new URL(files[locale], import.meta.url), manifestIn(textsOf(locale).manifest));
