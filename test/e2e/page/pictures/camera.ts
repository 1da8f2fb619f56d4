/** Opens the page for a picture, and saves what it shows, light and dark. */
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Browser, Locator, Page } from "playwright-core";
import { people } from "../../support/stage.ts";
import { withPalette } from "./png-palette.ts";

export type Camera = ReturnType<typeof createCamera>;

const folder = new URL("../../../../.github/docs/pictures/", import.meta.url);
/** GitHub shows larger files only after a click, and a page of text does not need more. */
const bytesMax = 250_000;
/** Device pixels per pixel of the page: sharp on a usual display, in half the bytes of 2. */
const sharpness = 1.5;

export function createCamera(browser: Browser, { url, language }: { url: string; language: "en" | "zh-CN" }) {
  return {
    /** Opens the page as one of its people. */
    async open(name: "ann" | "bob", viewport: { width: number; height: number }): Promise<Page> {
      const page = await browser.newPage({
        viewport,
        deviceScaleFactor: sharpness,
        locale: language === "en" ? "en-US" : language,
        timezoneId: officeZone(),
        reducedMotion: "reduce",
      });
      await page.goto(url);
      await page.locator("#you").selectOption(people[name]);
      await page.locator(`body[data-you=${people[name]}]`).waitFor();
      return page;
    },

    /** Saves the page, without its sidebar, its composers, the pointer or a focus, and closes it. */
    async save(name: string, page: Page): Promise<void> {
      // The page itself shows a composer again at its next change.
      await page.evaluate(`(() => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync("nav, form { display: none !important }");
        document.adoptedStyleSheets.push(sheet);
      })()`);
      await saveEach(name, page, page);
    },

    /** Saves one part of the page as it is, and closes the page. */
    savePart: (name: string, part: Locator): Promise<void> => saveEach(name, part, part.page()),
  };

  async function saveEach(name: string, part: Locator | Page, page: Page): Promise<void> {
    await page.mouse.move(0, 0);
    await page.evaluate("document.activeElement.blur()");
    await page.evaluate("document.fonts.ready");
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const png = withPalette(await part.screenshot({ animations: "disabled" }));
      const path = fileURLToPath(new URL(`${language}/${name}-${colorScheme}.png`, folder));
      if (png.byteLength > bytesMax) throw new Error(`${path} has ${png.byteLength} bytes, more than ${bytesMax}`);
      await mkdir(new URL(`${language}/`, folder), { recursive: true });
      await writeFile(path, png);
      process.stdout.write(`${path}: ${png.byteLength} bytes\n`);
    }
    await page.close();
  }
}

/** A time zone in which it is about two in the afternoon now; POSIX inverts the sign. */
function officeZone(): string {
  const ahead = 14 - new Date().getUTCHours();
  return `Etc/GMT${ahead > 0 ? "-" : "+"}${Math.abs(ahead)}`;
}
