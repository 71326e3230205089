// Language and theme of the page, changed by whoever reads it.
//
// Takes: what the document says of itself; after a log-in at this page, what the account wants.
// Gives: the two forms of the pages without a script. The gateway keeps the choice: with the account of whoever is
// logged in, else with the browser.
// Never: a page half in one language: the gateway writes it anew.

import { language, say, words } from "./words";

/** What an account wants of the pages; null where it never chose. */
export interface Look {
  readonly language: string | null;
  readonly theme: string | null;
}

const root = (): HTMLElement => document.documentElement;

/** To the other language, and to the other theme. */
export function Switches() {
  const [to, lang, name] = language === "zh" ? ["en", "en", "English"] : ["zh", "zh-CN", "中文"];
  const night = root().dataset.theme === "night";
  return (
    <span class="switches">
      <form method="post" action="/language"><button class="plain" name="to" value={to} lang={lang}>{name}</button></form>
      <form method="post" action="/theme"><button class="plain" name="to" value={night ? "day" : "night"}>{say(night ? words.toDay : words.toNight)}</button></form>
    </span>
  );
}

/** Whether the page already is as an account wants it. The theme is put on at once; another language needs the page anew. */
export function wear(look: Look | undefined): boolean {
  if (look?.theme) {
    root().dataset.theme = look.theme;
    document.querySelector("meta[name=color-scheme]")?.setAttribute("content", look.theme === "night" ? "dark" : "light");
  }
  return !look?.language || look.language === language;
}
