/** The language of the page: the one chosen on it, or the bot's. Texts in page.html stand in the words, too. */
import { words as en } from "../words/en.js";
import { words as chinese } from "../words/zh-CN.js";

const all = { en, "zh-CN": chinese };
const chosen = localStorage.getItem("language");
export const language = Object.hasOwn(all, chosen ?? "") ? chosen : document.documentElement.lang;
export const words = all[language] ?? en;

/** The browser's own way to write dates and times, if it is in the page's language. */
export const dateLocale = navigator.language.startsWith(language.slice(0, 2)) ? undefined : language;

/**
 * Puts the words into page.html, which holds their names, and fills the menu of languages. Choosing another one loads
 * the page again.
 */
export function applyLanguage() {
  document.documentElement.lang = language;
  document.documentElement.dataset.words = "";
  for (const node of document.querySelectorAll("[data-words]")) {
    for (const name of ["aria-label", "placeholder"])
      if (node.hasAttribute(name)) node.setAttribute(name, words.page[node.getAttribute(name)]);
    const own = words.page[node.textContent];
    if (own !== undefined) node.textContent = own;
  }
  const menu = document.getElementById("language");
  menu.setAttribute("aria-label", words.languageLabel);
  menu.replaceChildren(...Object.entries(all).map(([value, { name }]) => new Option(name, value)));
  menu.value = language;
  menu.addEventListener("change", () => chooseLanguage(menu.value));
}

export function chooseLanguage(chosen) {
  localStorage.setItem("language", chosen);
  location.reload();
}
