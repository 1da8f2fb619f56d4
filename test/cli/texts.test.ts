/** `npm run texts` as a proofreader runs it: every text of one language, each under its key. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { texts } from "../../src/cli/commands/texts.ts";
import { everyText } from "../../src/cli/samples/sample-texts.ts";
import { textsOf } from "../../src/text/texts.ts";
import { runCommand, type Said } from "./commands.ts";

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Said> {
  return runCommand(texts, args, env);
}

for (const [locale, button, sentence] of [
  ["en", "Approve", /^ {4}@ann receipts are open for `1900000109`\. They appear within about five minutes/m],
  ["zh-CN", "批准", /^ {4}@ann 特约商户 `1900000109` 的商家小票已开通，约 5 分钟内生效。/m],
] as const) {
  test(`every key is printed once, with its text, in ${locale}`, async () => {
    const { code, out, error } = await run([locale]);
    assert.equal(error, "");
    assert.equal(code, 0);
    const keys = out.split("\n").filter((line) => /^[a-z]/i.test(line));
    const every = new Set([...everyText(textsOf(locale)).keys()].map((key) => key.replace(/\(\d+\)/, "")));
    assert.deepEqual(keys.toSorted(), [...every].sort());
    assert.match(out, new RegExp(`^button\\.approve\\n {4}${button}$`, "m"));
    assert.match(out, sentence);
    for (const screen of Object.values(textsOf(locale).proofreading.screens))
      assert.equal(out.split(`== ${screen} ==`).length, 2, `${screen} is a heading once`);
  });
}

test("texts that differ by more than a sample are all shown, and others once", async () => {
  const { out } = await run(["en"]);
  assert.match(out, /^home\.many\n {4}1 sub-merchant\n {4}3 sub-merchants\n {4}12,345 sub-merchants\n\w/m);
  assert.match(out, /^thread\.requestId\n {4}Request-ID\n\w/m);
  assert.match(
    out,
    /^thread\.failed\n( {4}.* (was|were) \*not opened\*\.\n){3}( {4}.* (was|were) \*not closed\*\.\n){3}\w/m,
  );
  assert.match(out, /^thread\.succeeded\n( {4}.* (is|are) open .*\n){3}( {4}.* (is|are) closed .*\n){3}\w/m);
});

for (const args of [[], ["fr"], ["EN"], ["en", "zh-CN"]])
  test(`"${args.join(" ")}" is answered with what to type, and exit code 2`, async () => {
    for (const locale of ["en", "zh-CN"] as const) {
      const { code, out, error } = await run(args, { LOCALE: locale });
      assert.equal(error, `${textsOf(locale).proofreading.usage}\n`);
      assert.equal(out, "");
      assert.equal(code, 2);
    }
  });
