// What is chosen and open at this desk.
//
// Takes: choices of the operator.
// Gives: signals: the chosen alarm, the open form, the tab, the enlarged window, filters, drafts.
// Never: changes what is chosen by itself; an act goes to what the operator looked at.

import { computed, effect, signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { alarms, subject } from "../shared/feed/feed";
import type { Alarm, WindowName } from "../shared/feed/types";
import type { Filter } from "./chips";
import { NOTHING_HIDDEN } from "./chips";
import { byWindow } from "./order";

/** Tabs of the right side, in the order of their keys 1 to 7. */
export const TABS = ["alarm", "linkages", "keypad", "isolations", "scopes", "duty", "equipment"] as const;
/** A tab. */
export type Tab = (typeof TABS)[number];
/** Forms that open in place above the acts. */
export type FormName = "verdict" | "isolate" | "release" | "reset" | "note" | "call" | "handled" | "bulk";

/** Id of the chosen alarm. */
export const chosenId = signal<string | null>(null);
/** The open form. */
export const form = signal<FormName | null>(null);
/** The tab of the right side. */
export const tab = signal<Tab>("alarm");
/** The window that fills the left side; null shows all. */
export const enlarged = signal<WindowName | null>(null);
/** What the lists show. */
export const filter = signal<Filter>(NOTHING_HIDDEN);
/** The list of keys is open. */
export const helping = signal(false);
/** The isolation whose release is asked for. */
export const releasing = signal<string | null>(null);

/** The device whose commands are shown. */
export const device = signal<string | null>(null);

/** What was on the screen when a bulk acknowledgement was asked for. */
export const bulk = signal<readonly Alarm[]>([]);
/** Rows that each window has on the screen now; the lists keep it. */
export const onScreen = new Map<WindowName, () => readonly Alarm[]>();

let kept: Alarm | null = null;

/** The chosen alarm; one that closed stays as it was last seen. */
export const chosen = computed<{ readonly alarm: Alarm; readonly open: boolean } | null>(() => {
  const id = chosenId.value;
  const alarm = id === null ? undefined : alarms.value.get(id);
  if (alarm) kept = alarm;
  if (alarm) return { alarm, open: true };
  return kept && kept.id === id ? { alarm: kept, open: false } : null;
});

/** Alarms of each window, in order. */
export const windows = computed(() => byWindow(alarms.value.values()));

/** Chooses an alarm; an open form of another is closed, what was typed stays. */
export function choose(id: string): void {
  if (chosenId.value !== id) form.value = null;
  chosenId.value = id;
  tab.value = "alarm";
}

/** While nothing is chosen the desk looks at what the banner speaks of; then it stays there. */
export function startChoosing(): void {
  effect(() => {
    const first = subject.value;
    if (first && chosen.value === null && form.peek() === null) chosenId.value = first.id;
  });
}

const PLACE = "tocsin-desk-place";

/** Notes where the operator is; `again` where the page is about to be drawn anew by a switch. */
function keepPlace(again: boolean): void {
  sessionStorage.setItem(PLACE, JSON.stringify({ tab: tab.peek(), alarm: chosenId.peek(), device: device.peek(), again }));
}

/** Keeps the operator's place while the page is drawn anew: for a language, for a theme, for a new build. Called once. */
export function holdPlace(): void {
  let again = false;
  document.addEventListener("submit", (event) => { again = event.target instanceof HTMLElement && event.target.closest(".switches") !== null; });
  addEventListener("pagehide", () => keepPlace(again));
}

/** Goes back to where the operator was when the page was drawn anew; false where it is opened. */
export function resumePlace(): boolean {
  const noted = sessionStorage.getItem(PLACE);
  sessionStorage.removeItem(PLACE);
  if (noted === null) return false;
  const place = JSON.parse(noted) as { readonly tab: string; readonly alarm: string | null; readonly device: string | null; readonly again: boolean };
  const [entry] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  if (!place.again && entry?.type !== "reload") return false;
  tab.value = TABS.find((one) => one === place.tab) ?? "alarm";
  chosenId.value = place.alarm;
  device.value = place.device;
  return true;
}

const KEYS = "tocsin-single-keys";
/** Single letters act; somebody may not want that (WCAG 2.1.4). */
export const singleKeys = signal(typeof localStorage === "undefined" || localStorage.getItem(KEYS) !== "off");

/** Switches single letters on or off for this browser. */
export function setSingleKeys(on: boolean): void {
  singleKeys.value = on;
  localStorage.setItem(KEYS, on ? "on" : "off");
}

interface Draft {
  readonly text: Signal<string>;
  readonly first: string;
}

const drafts = new Map<string, Draft>();

/** What is typed into a field; it outlives the form, a log-in and a new build of the page. */
export function draft(name: string, first = ""): Signal<string> {
  const found = drafts.get(name);
  if (found) return found.text;
  const place = `tocsin-draft-${name}`;
  const text = signal(sessionStorage.getItem(place) ?? first);
  drafts.set(name, { text, first });
  effect(() => {
    if (text.value === first) sessionStorage.removeItem(place);
    else sessionStorage.setItem(place, text.value);
  });
  return text;
}

/** Empties the fields of a form that was carried out. */
export function forget(prefix: string): void {
  for (const [name, { text, first }] of drafts) if (name.startsWith(prefix)) text.value = first;
}
