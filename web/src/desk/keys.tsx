// The keyboard: everything of the desk without a mouse.
//
// Takes: key presses outside of fields.
// Gives: choices and acts; the list of keys.
// Never: acts by a single letter while a form is open, or where somebody switched letters off.

import { setMuted, muted } from "../shared/sound";
import { lost, section } from "../shared/feed/feed";
import { say } from "../shared/words";
import type { Phrase } from "../shared/words";
import { LETTERS, press, pressHandled } from "./actbar";
import { silence } from "./acts";
import { choose, chosenId, enlarged, form, helping, setSingleKeys, singleKeys, tab, TABS, windows } from "./desk";
import { ACTS, barred } from "./faces";
import { closeForm } from "./forms";
import { nextOwed, WINDOWS } from "./order";
import { clearSteps } from "./progress";
import { loggingIn, who } from "./who";
import { askBulk, focusRow, moveChoice } from "./windows";
import { words } from "./words";

const FIELDS = "input:not([type=radio]):not([type=checkbox]), select, textarea";

/** Listens; called once. */
export function startKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (pressed(event)) event.preventDefault();
  });
}

/** What a key means; true when it meant something. */
function pressed(event: KeyboardEvent): boolean {
  const target = event.target instanceof HTMLElement ? event.target : document.body;
  const typing = target.matches(FIELDS);
  if (always(event.key, typing)) return true;
  if (typing || target.closest("[role=radiogroup]")) return false;
  if (rows(event.key, target)) return true;
  // While something is asked, letters are words that went astray.
  return singleKeys.value && document.querySelector(".confirm") === null && letter(event);
}

/** Keys that mean the same everywhere. */
function always(key: string, typing: boolean): boolean {
  const window = WINDOWS[Number(/^F([5-8])$/.exec(key)?.[1] ?? 0) - 5];
  if (window) enlarged.value = enlarged.peek() === window ? null : window;
  else if (key === "F2") soundOff();
  else if (key === "Escape") return escape(typing);
  else return false;
  return true;
}

function escape(typing: boolean): boolean {
  if (helping.value) unhelp();
  else if (loggingIn.value) loggingIn.value = false;
  // Two questions may be open, in the tab and below it: the one that has the focus is left.
  else if (document.activeElement?.closest(".tab-panel .confirm")) backOf()?.click();
  else if (form.value !== null) closeForm();
  else if (backOf()) backOf()?.click();
  else if (typing || document.activeElement?.closest(".side-column, .filters, .foot")) leave();
  else if (enlarged.value !== null) enlarged.value = null;
  else return false;
  return true;
}

/** Closes the list of keys; whoever was in it is back at the lists. */
function unhelp(): void {
  const inside = document.activeElement?.closest(".keys") != null;
  helping.value = false;
  if (inside) leave();
}

/** From a field or a button back to the lists; the next key is already theirs. */
function leave(): void {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  focusRow(chosenId.peek() ?? "");
}

/** The way back of a step inside a tab: a preview, a question of a linkage. */
function backOf(): HTMLElement | null {
  return document.querySelector<HTMLElement>(".tab-panel .confirm .back") ?? document.querySelector<HTMLElement>(".tab-panel .back");
}

function soundOff(): void {
  if (section("sound").peek()?.tone != null && barred({ who: who.peek(), lost: lost.peek() }) === null) void silence();
}

function rows(key: string, target: HTMLElement): boolean {
  const inside = target === document.body || target.closest(".list") !== null || key === "j" || key === "k";
  if (!inside || target.closest("[role=tablist]")) return false;
  switch (key) {
    case "ArrowDown": moveChoice(1); return true;
    case "ArrowUp": moveChoice(-1); return true;
    case "PageDown": moveChoice(10); return true;
    case "PageUp": moveChoice(-10); return true;
    case "Home": moveChoice("first"); return true;
    case "End": moveChoice("last"); return true;
    case "Enter":
      document.querySelector<HTMLElement>(".acts button:not([aria-disabled=true])")?.focus();
      return target.closest(".list") !== null;
    default: return false;
  }
}

function letter(event: KeyboardEvent): boolean {
  const key = event.key;
  if (key === "?") helping.value = !helping.value;
  else if (key === "/") document.getElementById("filter-text")?.focus();
  else if (key === "j" || key === "k") moveChoice(key === "j" ? 1 : -1);
  else if (key === "s") soundOff();
  else if (key === "m") setMuted(!muted.value);
  else if (key === "x") clearSteps();
  else if (/^[1-7]$/.test(key)) open(Number(key));
  else return act(event);
  return true;
}

function open(number: number): void {
  const name = TABS[number - 1];
  if (!name) return;
  tab.value = name;
  enterTab();
}

/** The focus to what stands first in the tab that is shown. */
export function enterTab(): void {
  requestAnimationFrame(() => {
    const first = document.querySelector<HTMLElement>("#tab-panel input, #tab-panel button:not([aria-disabled=true])");
    (first ?? document.getElementById(`tab-${tab.peek()}`))?.focus();
  });
}

function act(event: KeyboardEvent): boolean {
  const key = event.key.toUpperCase();
  if (event.shiftKey && key === "A") {
    const here = document.activeElement?.closest<HTMLElement>(".list")?.dataset.window;
    askBulk(WINDOWS.find((name) => name === here) ?? "alarms");
    return true;
  }
  if (event.shiftKey) return false;
  if (key === "U") {
    const next = nextOwed(WINDOWS.flatMap((name) => windows.peek()[name]), chosenId.peek());
    if (next) choose(next.id);
    if (next) focusRow(next.id);
    return true;
  }
  if (key === "H") {
    pressHandled();
    return true;
  }
  const name = ACTS.find((one) => LETTERS[one] === key);
  if (name) press(name);
  return name !== undefined;
}

const LIST: readonly (readonly [string, Phrase])[] = [
  ["F2 · S", words.silence], ["↑ ↓ · J K", words.kRows], ["Enter", words.kOpen], ["U", words.kNext], ["A", words.acknowledge], ["⇧A", words.kBulk],
  ["V", words.verdict], ["I", words.isolate], ["R", words.reset], ["N", words.note], ["C", words.call], ["H", words.handled],
  ["F5 F6 F7 F8", words.kWindows], ["Esc", words.kEscape], ["/", words.kFilter], ["1 – 7", words.kTabs], ["M", words.kMute], ["X", words.kClear], ["?", words.kHelp],
];

/** The list of keys, beside the lists and not over the banner. */
export function Keys() {
  if (!helping.value) return null;
  return (
    <section class="keys" aria-label={say(words.keysTitle)}>
      <h3>{say(words.keysTitle)}</h3>
      <dl>{LIST.map(([key, phrase]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{say(phrase)}</dd></div>)}</dl>
      <label class="choice"><input type="checkbox" checked={singleKeys.value} onChange={(event) => setSingleKeys(event.currentTarget.checked)} /> {say(words.keyLetters)}</label>
      <button type="button" class="back" onClick={unhelp}>{say(words.back)} <kbd>Esc</kbd></button>
    </section>
  );
}
