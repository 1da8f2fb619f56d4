/** Draws Slack's texts as DOM nodes: mrkdwn, mentions, dates, links. Content from outside is never set as HTML. */

import { dateLocale, words } from "./language.js";

/** Creates an element with properties and children, which are nodes or strings. */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key in node && key !== "list") node[key] = value;
    else node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== undefined && child !== null));
  return node;
}

/** Draws mrkdwn as Slack does; `verbatim` leaves bare URLs and names unchanged. */
export function mrkdwn(text, see, verbatim = false) {
  const box = el("span", { className: "text" });
  for (const [index, part] of text.split("```").entries()) {
    if (index % 2 === 1) box.append(el("pre", {}, plainText(part.replace(/^\n|\n$/g, ""))));
    else drawLines(part, box, see, verbatim);
  }
  return box;
}

function drawLines(text, box, see, verbatim) {
  let quote;
  for (const [index, line] of text.split("\n").entries()) {
    const quoted = /^(?:&gt;|>(?![^<]*<)) ?(.*)$/.exec(line);
    if (quoted) {
      if (quote) quote.append("\n");
      else {
        quote = el("blockquote");
        box.append(quote);
      }
      drawSpans(quoted[1], quote, see, verbatim);
    } else {
      if (index > 0 && !quote) box.append("\n");
      quote = undefined;
      drawSpans(line, box, see, verbatim);
    }
  }
}

const spans =
  /`([^`\n]+)`|<([^<>]+)>|(?<![\p{L}\p{N}*])\*(\S(?:[^*\n]*\S)?)\*(?![\p{L}\p{N}*])|(?<![\p{L}\p{N}_])_(\S(?:[^_\n]*\S)?)_(?![\p{L}\p{N}_])|(?<![\p{L}\p{N}~])~(\S(?:[^~\n]*\S)?)~(?![\p{L}\p{N}~])|(https?:\/\/[^\s<>|]+)/gu;

function drawSpans(text, box, see, verbatim) {
  let at = 0;
  for (const found of text.matchAll(spans)) {
    const [whole, code, markup, bold, italic, strike, url] = found;
    if (url !== undefined && verbatim) continue;
    box.append(emoji(plainText(text.slice(at, found.index))));
    at = found.index + whole.length;
    if (code !== undefined) box.append(el("code", {}, plainText(code)));
    else if (markup !== undefined) box.append(drawMarkup(markup, see));
    else if (url !== undefined) box.append(link(plainText(url), plainText(url), see));
    else {
      const inner = el(bold !== undefined ? "b" : italic !== undefined ? "i" : "s");
      drawSpans(bold ?? italic ?? strike, inner, see, verbatim);
      box.append(inner);
    }
  }
  box.append(emoji(plainText(text.slice(at))));
}

function drawMarkup(markup, see) {
  const bar = markup.indexOf("|");
  const target = bar < 0 ? markup : markup.slice(0, bar);
  const label = bar < 0 ? undefined : plainText(markup.slice(bar + 1));
  if (target.startsWith("@"))
    return mention(`@${see.person(target.slice(1)) ?? label ?? target}`, target.slice(1) === see.you ? "you" : "");
  if (target.startsWith("#")) return mention(`#${see.channel(target.slice(1)) ?? label ?? target}`, "");
  if (target.startsWith("!subteam^")) return mention(`@${see.group(target.slice(9)) ?? label ?? target}`, "");
  if (target.startsWith("!date^")) return date(target, label, see);
  if (target.startsWith("!")) return mention(`@${target.slice(1)}`, "all");
  return link(plainText(target), label ?? plainText(target).replace(/^(mailto|tel):/, ""), see);
}

export function mention(text, kind) {
  return el("span", { className: `mention ${kind}` }, text);
}

export function date(target, fallback, see) {
  const [, seconds, tokens = "", url] = target.split("^");
  const at = new Date(Number(seconds) * 1000);
  if (Number.isNaN(at.getTime())) return document.createTextNode(fallback ?? target);
  const day = (style) => at.toLocaleDateString(dateLocale, style);
  const near = nearDay(at);
  const long = day({ weekday: "long", month: "long", day: "numeric", year: "numeric" });
  const plain = day({ month: "long", day: "numeric", year: "numeric" });
  const short = day({ month: "short", day: "numeric", year: "numeric" });
  const forms = {
    date_num: () => at.toISOString().slice(0, 10),
    date: () => plain,
    date_short: () => short,
    date_long: () => long,
    date_pretty: () => near ?? plain,
    date_short_pretty: () => near ?? short,
    date_long_pretty: () => near ?? long,
    time: () => clockTime(at),
    time_secs: () => at.toLocaleTimeString(dateLocale),
    ago: () => ago(at),
  };
  const text = tokens.replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(forms, name) ? forms[name]() : whole));
  if (url) return link(url, text, see);
  return el("time", { dateTime: at.toISOString(), title: at.toLocaleString(dateLocale) }, text);
}

function nearDay(at) {
  const days = Math.round((new Date(at).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 86_400_000);
  return days >= -1 && days <= 1 ? words.days[days + 1] : undefined;
}

/** Today, Yesterday, or the date. */
export function dayWord(at) {
  const near = nearDay(at);
  if (near) return near.charAt(0).toUpperCase() + near.slice(1);
  return at.toLocaleDateString(dateLocale, { weekday: "long", month: "long", day: "numeric" });
}

export function clockTime(at) {
  return at.toLocaleTimeString(dateLocale, { hour: "numeric", minute: "2-digit" });
}

function ago(at) {
  const minutes = Math.floor((Date.now() - at.getTime()) / 60_000);
  if (minutes < 1) return words.justNow;
  const [count, unit] = minutes < 60 ? [minutes, "minute"] : [Math.floor(minutes / 60), "hour"];
  return words.ago(count, unit);
}

export function link(url, text, see) {
  // Only addresses that are safe to follow become links.
  if (!/^(https?|mailto|tel):/i.test(url)) return document.createTextNode(text);
  const node = el("a", { href: url, rel: "noreferrer noopener", target: "_blank" }, text);
  node.addEventListener("click", (event) => {
    if (see.follow(url)) event.preventDefault();
  });
  return node;
}

function plainText(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

const emojis = {
  white_check_mark: "✅",
  x: "❌",
  warning: "⚠️",
  no_entry_sign: "🚫",
  hourglass: "⌛",
  leftwards_arrow_with_hook: "↩️",
  eyes: "👀",
  lock: "🔒",
  receipt: "🧾",
  wave: "👋",
  tada: "🎉",
};

export function emoji(text) {
  return text.replace(/:([a-z_]+):/g, (whole, name) => (Object.hasOwn(emojis, name) ? emojis[name] : whole));
}
