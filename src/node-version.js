/**
 * What every entry loads first: on a Node that cannot run TypeScript, the program ends with one sentence. This file has
 * no types and only old syntax, so that an old Node can read it. Its text is here in both languages, because
 * src/text is TypeScript.
 */
const needed = 24;

/** 1 from an audit says that the ledger was tampered with. Whatever keeps it from looking ends with 2, bugs included. */
const isAudit = process.argv.slice(1).some((argument) => /(^|[\\/])audit(\.ts)?$/.test(argument));
const failed = isAudit ? 2 : 1;

if (isAudit)
  process.on("uncaughtException", (error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(failed);
  });

if (Number(process.versions.node.split(".")[0]) < needed) {
  const isChinese = process.env.LOCALE === "zh-CN";
  process.stderr.write(
    isChinese
      ? `机器人需要 Node ${needed} 或更高版本，当前为 ${process.versions.node}。\n`
      : `The bot needs Node ${needed} or newer, this is ${process.versions.node}.\n`,
  );
  process.exit(failed);
}
