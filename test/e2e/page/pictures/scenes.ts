/** What the pictures show. The scenes are played one after another on the same stage. */
import type { Camera } from "./camera.ts";
import type { Cast } from "./cast.ts";

const penalised = "1900040005";
/** Sub-merchants of a bulk request, of which the first two fail. */
const campaign = [penalised, "1900040006", ...Array.from({ length: 298 }, (_, n) => `1900000${200 + n}`)];

export const scenes: readonly ((cast: Cast, camera: Camera) => Promise<void>)[] = [
  thread,
  wire,
  many,
  home,
  trouble,
  tour,
  // Last, because the local Slack keeps an open form, which would cover the next page.
  form,
];

/** A request that succeeded, one that failed, with its thread, and a pending one. */
async function thread({ submitted, approve, approved, untilReply, writings, texts }: Cast, camera: Camera) {
  await untilReply(await approved(`1900000109 ${writings.newStore}`), 1);
  await untilReply(await approved(penalised), 1);
  const waiting = await submitted(`1900000108 ${writings.moved}`);
  const page = await camera.open("ann", { width: 1140, height: 640 });
  await page.locator("#messages article", { hasText: penalised }).locator(".thread-line").click();
  await page.locator("#replies article", { hasText: texts.thread.whatToDo }).waitFor();
  await camera.save("thread", page);
  await approve(waiting);
  await untilReply(waiting, 1);
}

/** The call behind a message, unfolded, with the ledger's events and the outbox. */
async function wire(_: Cast, camera: Camera) {
  const page = await camera.open("ann", { width: 1240, height: 700 });
  const message = page.locator("#messages article", { hasText: "1900000109" }).first();
  await message.hover();
  await message.locator(".lines-of").click();
  const call = page.locator("#wire-calls details");
  await call.locator("summary").click();
  await call.locator("li").last().scrollIntoViewIfNeeded();
  await camera.save("wire", page);
}

/** A completed bulk request with its thread, and a running one. */
async function many({ approved, untilReply, untilProgress, writings }: Cast, camera: Camera) {
  await untilReply(await approved(`${campaign.slice(0, 20).join(" ")} ${writings.springFirst}`), 3);
  await untilProgress(await approved(`${campaign.slice(20).join(" ")} ${writings.spring}`), 40);
  const page = await camera.open("ann", { width: 1140, height: 640 });
  await page.locator("#messages article", { hasText: writings.springFirst }).locator(".thread-line").click();
  await page.locator("#replies article").nth(3).waitFor();
  await camera.save("many", page);
}

/** Bob's view of the bot's Home tab. */
async function home({ submitted, writings }: Cast, camera: Camera) {
  await submitted(`1900000110 ${writings.anotherStore}`);
  await submitted(`1900000111 1900000112 1900000113 ${writings.newTill}`);
  const page = await camera.open("bob", { width: 900, height: 640 });
  await page.locator("#apps button").first().click();
  await page.locator(".home").getByText("1900000110").first().waitFor();
  await camera.save("home", page);
}

/** The bot, killed in the middle of a bulk request, beside the count of what came of it. */
async function trouble({ approved, untilProgress, writings, bot }: Cast, camera: Camera) {
  const others = Array.from({ length: 300 }, (_, n) => `1900001${200 + n}`);
  await untilProgress(await approved(`${others.join(" ")} ${writings.summer}`), 30);
  await bot.kill();
  const page = await camera.open("ann", { width: 1140, height: 880 });
  await page.locator("#mishaps-toggle").click();
  await page.locator("#tally tr[data-count=kills] .count-of", { hasText: "1" }).waitFor();
  await camera.save("trouble", page);
  await bot.start();
}

/** The tour's step in which a changed row of the ledger is found. */
async function tour(_: Cast, camera: Camera) {
  const page = await camera.open("ann", { width: 1140, height: 700 });
  await page.evaluate("sessionStorage.setItem('step', '8')");
  await page.reload();
  await page.locator("#tour-toggle").click();
  await page.locator("#tour-actions button").click();
  await page.locator("#tour-output", { hasText: "U0EVE00001" }).waitFor();
  await camera.save("tour", page);
}

/** The form's reading of pasted text. */
async function form({ texts: { form: text }, writings }: Cast, camera: Camera) {
  const page = await camera.open("ann", { width: 1140, height: 700 });
  await page.locator("#line").fill("/receipt");
  await page.locator("#line").press("Enter");
  const dialog = page.locator("#modal");
  await dialog.getByLabel(text.action).selectOption({ label: text.change({ action: "OPEN", object: "receipt" }) });
  const paste = ["1900000109", "19000001O9", ...campaign.slice(0, 4), writings.note].join("\n");
  await dialog.getByLabel(text.numbers).fill(paste);
  await dialog.getByLabel(text.reason).fill(writings.summer);
  await dialog.getByRole("button", { name: text.next }).click();
  await dialog.getByText("19000001O9").waitFor();
  await camera.savePart("form", dialog);
}
