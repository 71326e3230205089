// Where the focus goes when what had it is gone.
//
// Takes: what had the focus before a question was asked.
// Gives: the focus there again, or where the next act is likely.
// Never: leaves it on nothing, where the next key would be lost; never takes it from something that has it.

import { chosenId } from "./desk";
import { focusRow } from "./windows";

/** Elements that a key or a press can reach. */
const REACHED = "input, select, button:not([aria-disabled=true])";

let last: Element | null = null;

/** Notes what has the focus, for when it is gone before anybody asks. Called once. */
export function watchFocus(): void {
  document.addEventListener("focusin", (event) => { last = event.target instanceof Element ? event.target : null; });
}

const origins = new WeakMap<Element, Element | null>();

/** What has the focus while a question is being drawn; a question that follows another was asked where that one was. */
export function askedFrom(): Element | null {
  const held = document.activeElement;
  // What was pressed may have been taken off the page for the question: then it is where the question comes from.
  const now = (held === null || held === document.body) && last && !last.isConnected ? last : held;
  const before = now?.closest(".confirm");
  return before && origins.has(before) ? origins.get(before) ?? null : now;
}

/** Notes where a question was asked. */
export function noteOrigin(box: Element, from: Element | null): void {
  origins.set(box, from);
}

/** After a question was answered or left: back where it was asked; in a tab that was drawn anew, on what stands there first. */
export function returnFocus(before: Element | null, inTab: boolean): void {
  requestAnimationFrame(() => requestAnimationFrame(() => {
    if (document.activeElement !== null && document.activeElement !== document.body) return;
    const drawnAnew = before?.id ? document.getElementById(before.id) : null;
    const place = before instanceof HTMLElement && before.isConnected && before !== document.body ? before : drawnAnew;
    const first = inTab ? document.querySelector<HTMLElement>(`#tab-panel .back, #tab-panel :is(${REACHED})`) : null;
    place?.focus();
    if (document.activeElement === document.body) first?.focus();
    if (document.activeElement === document.body) focusRow(chosenId.peek() ?? "");
  }));
}
