/**
 * What every entry loads first: on a Node that cannot run TypeScript, the program ends with one sentence. This file has
 * no types and only old syntax, so that an old Node can read it. Its text is here in both languages, because
 * src/text is TypeScript.
 */
import { statSync } from "node:fs";

const needed = 24;

/**
 * 1 from an audit says that the ledger was tampered with, and from the doctor that something is wrong. Anything that
 * prevents the check, including a bug, exits with 2.
 */
const isLooking = process.argv.slice(1).some((argument) => /(^|[\\/])(audit|doctor)(\.ts)?$/.test(argument));
const failed = isLooking ? 2 : 1;

if (isLooking)
  process.on("uncaughtException", (error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(failed);
  });

if (Number(process.versions.node.split(".")[0]) < needed)
  giveUp(
    `The bot needs Node ${needed} or newer; this is Node ${process.versions.node}.`,
    `机器人需要 Node ${needed} 或更高版本，当前为 ${process.versions.node}。`,
  );

// Otherwise Node exits with its own message. The demo reads no settings.
if (/node-version\.js$/.test(process.argv[1] || "") && process.argv[2] !== "demo" && isFolder(".env"))
  giveUp(
    "The file .env cannot be read, because it is a folder. Remove or rename it, and write the settings to a file .env.",
    ".env 是目录，无法作为配置文件读取。请将其删除或改名，然后把配置写入文件 .env。",
  );

function isFolder(path) {
  try {
    return statSync(path).isDirectory();
  } catch (_) {
    return false;
  }
}

function giveUp(english, chinese) {
  process.stderr.write(`${process.env.LOCALE === "zh-CN" ? chinese : english}\n`);
  process.exit(failed);
}
