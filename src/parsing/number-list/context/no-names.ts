/** Words beside a number that are no merchant's name, so that nobody is warned of a name that nobody gave. */
import { actionWords, aroundActionWords } from "./action-words.ts";
import { withoutLinks } from "./links.ts";

/** `商户号：`, `sub_mchid=`: what a number or a name is, in front of it. */
const kindOfValue =
  /(?:微信支付|微信|特约|子|二级)*商户(?:号码?|编号|名称?|简称|全称)[\s"'“”]*[:：=]?|(?<![\p{L}\p{N}])(?:sub[-_ ]?)?(?:mch|merchant)s?[-_ ]?(?:id|no\.?|number|name)(?![\p{L}\p{N}])[\s"'“”]*[:：=]?/giu;

/** `店名：` before a name; and what follows is no merchant's name: `联系人：张三`, `12月1日`. */
const otherValue =
  /(?<![\p{L}\p{N}])(?:(?:门店|店铺|商店|商家|店)?(?:名称?|全称|简称)|门店|店铺|商[户店家]|编号|号码|store|shop|name|id)[\s"'“”]*[:：=]|(?:联系人|负责人|经办人|申请人|业务员|contact)\s*[:：]\s*[\p{L}·]{1,20}|(?<![0-9])[0-9]{1,2}月(?:[0-9]{1,2}[日号])?/giu;

/** People are mentioned, not merchants; and Slack writes emoji as `:x:`. */
const mention = /:[a-z][a-z0-9_+-]*:|(?<![\p{L}\p{N}.])@[\p{L}\p{N}._-]+/gu;

/** Words without what says of which kind the next one is, and without mentions and links. */
export function withoutKinds(words: string): string {
  return withoutLinks(words).replace(kindOfValue, " ").replace(otherValue, " ").replace(mention, " ");
}

const exceptions =
  "除(?:去|外)?|不(?:含|包括|包含|要)|排除|except(?:ing|ed)?|exclud(?:e|es|ed|ing)|other than|apart from|all but|instead of|rather than|而?不是|而非|not|without";
const courtesies =
  "谢谢|感谢|多谢|辛苦|劳驾|拜托|您好|你好|尽快|紧急|急|了|吧|啊|thanks|thank you|thx|plz|hi|hello|asap|urgent(?:ly)?|now|today|i|us";
/** Answers, beside numbers or in a column. */
const answers = "是|否|可以|开|关|无|待定|yes|no|y|n|ok|true|false|n/a|tbd";
/**
 * No word here is made of others or stands in two lists, or the time to find out that a text has another one would
 * double with each of them.
 * A word of a Latin script ends where its letters do: `Openrice` is a name.
 */
const noName = new RegExp(
  `^(?:(?:${aroundActionWords}|${Object.values(actionWords).join("|")}|${exceptions}|${courtesies}|${answers})(?<![A-Za-z](?=[A-Za-z]))|[\\s\\p{P}\\p{S}])+$`,
  "iu",
);

/** Whether words only say what to do: verbs, exceptions, courtesies, answers and mentions. */
export function isNoName(words: string): boolean {
  return words.length <= wordsMax && noName.test(`${words.replace(mention, " ")} `);
}

/** More words than that are not only these; and the expression takes longer for long texts. */
const wordsMax = 100;
