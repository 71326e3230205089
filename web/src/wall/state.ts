// What the parts of the wall share: its settings, its ruler, what was chosen, the order of rows on show.
//
// Takes: the document, the feed, the clock, keys.
// Gives: signals.
// Never: an order that is worked out again for every part that shows it.

import { computed, effect, signal } from "@preact/signals";
import { now, offset, ticking } from "../shared/clock";
import { alarms, section } from "../shared/feed/feed";
import type { Alarm, WindowName } from "../shared/feed/types";
import { muted, setMuted } from "../shared/sound";
import { arrivals, hold, inOrder } from "./rows";
import type { Held } from "./rows";
import { readSettings, rule, themeAt } from "./settings";
import { AUTOMATIC, press, sceneOf, settle, WINDOWS } from "./windows";

/** How this wall hangs. */
export const settings = readSettings(document.body.dataset.settings, location.search);
const page = signal({ width: innerWidth, height: innerHeight });
/** The ruler of the page as it is now. */
export const ruler = computed(() => rule(settings, page.value.width, page.value.height));

/** What was chosen by key, remote or touch. */
export const choice = signal(AUTOMATIC);
/** What the main part is about. */
export const scene = computed(() => {
  const banner = section("banner").value;
  return banner ? sceneOf(banner) : "lost";
});
/** Numbers of arrival. */
export const numbers = computed(() => arrivals(alarms.value.values()));

const held = new Map<WindowName, Held>(WINDOWS.map((window) => [window, { ids: [], at: -Infinity }]));
/** The rows of each window as they are on show; null is the place of a row that is gone. */
export const shownRows = signal<Readonly<Record<WindowName, readonly (Alarm | null)[]>>>({ alarms: [], actions: [], faults: [], "set-aside": [] });

function follow(open: ReadonlyMap<string, Alarm>): void {
  const at = now();
  const next = WINDOWS.map((window): [WindowName, readonly (Alarm | null)[]] => {
    const before = held.get(window) ?? { ids: [], at: -Infinity };
    const order = hold(before, inOrder(open.values(), window).map((alarm) => alarm.id), at);
    held.set(window, order);
    return [window, order.ids.map((id) => (id === null ? null : (open.get(id) ?? null)))];
  });
  shownRows.value = Object.fromEntries(next) as Record<WindowName, readonly (Alarm | null)[]>;
}

/** Keeps all of this up to date; called once. */
export function startState(): void {
  const root = document.documentElement;
  addEventListener("resize", () => (page.value = { width: innerWidth, height: innerHeight }));
  root.dataset.palette = settings.palette;
  effect(() => root.style.setProperty("--am", `${ruler.value.minute}px`));
  effect(() => {
    // Once a second is often enough for an hour, and for a cut that became due.
    const at = ticking.value;
    if (settings.theme) root.dataset.theme = themeAt(settings.theme, new Date(at + offset.value).getUTCHours());
  });
  effect(() => {
    void ticking.value;
    follow(alarms.value);
  });
  effect(() => {
    const alarming = scene.value === "alarm";
    choice.value = settle(choice.value, alarming, ticking.value);
  });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key.toLowerCase() === "m") return setMuted(!muted.peek());
    const next = press(choice.peek(), event.key, now());
    if (!next) return;
    event.preventDefault();
    choice.value = next;
  });
}
