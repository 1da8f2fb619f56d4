/**
 * `npm run pictures`: takes the pictures of the README and the docs, .github/docs/pictures, of the real bot and the
 * demo's page: each scene in both languages, light and dark.
 */
import { chromium } from "playwright-core";
import { openLabStage } from "../stage-with-lab.ts";
import { createCamera } from "./camera.ts";
import { createCast } from "./cast.ts";
import { scenes } from "./scenes.ts";

/** Slow enough that a bulk request is still running while its picture is taken. */
const environment = { WECHATPAY_RATE: "20" };

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-sync"],
});
try {
  for (const language of ["en", "zh-CN"] as const) {
    const stage = await openLabStage({ language, environment });
    try {
      const cast = createCast(stage, language);
      const camera = createCamera(browser, { url: stage.slack.pageUrl, language });
      for (const scene of scenes) await scene(cast, camera);
    } finally {
      await stage.close();
    }
  }
} finally {
  await browser.close();
}
