// What the parts of the wall share: its settings, its ruler, what was chosen, the order of rows on show.
//
// Takes: the document, the feed, the clock, keys.
// Gives: signals.
// Never: an order that is worked out again for every part that shows it.

import { computed, effect, signal } from "@preact/signals";
import { now, offset, ticking } from "../shared/clock";
import { alarms, lost, section } from "../shared/feed/feed";
import type { Alarm, WindowName } from "../shared/feed/types";
import { muted, setMuted } from "../shared/sound";
import { hold, inOrder } from "./rows";
import type { Held } from "./rows";
import { readSettings, rule, themeAt } from "./settings";
import { shift } from "./shift";
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
/** Where the picture stands, `x y` in pixels: it walks only while everything is normal. */
export const place = computed(() => {
  const { x, y } = scene.value === "normal" && !lost.value ? shift(ticking.value) : { x: 0, y: 0 };
  return `${x}px ${y}px`;
});

const held = new Map<WindowName, Held>(WINDOWS.map((window) => [window, { ids: [], at: -Infinity }]));
/** The rows of each window as they are on show; null is the place of a row that is gone. */
export const shownRows = signal<Readonly<Record<WindowName, readonly (Alarm | null)[]>>>({ alarms: [], actions: [], faults: [], "set-aside": [] });

/** What was ordered last, and how: a tick without a change costs nothing. */
let ordered: ReadonlyMap<string, Alarm> | null = null;
let wanted = new Map<WindowName, readonly string[]>();

function follow(open: ReadonlyMap<string, Alarm>): void {
  const changed = open !== ordered;
  if (changed) wanted = new Map(WINDOWS.map((window) => [window, inOrder(open.values(), window).map((alarm) => alarm.id)]));
  ordered = open;
  const at = now();
  let cut = false;
  for (const window of WINDOWS) {
    const before = held.get(window) ?? { ids: [], at: -Infinity };
    const after = hold(before, wanted.get(window) ?? [], at);
    cut ||= after !== before;
    held.set(window, after);
  }
  if (!changed && !cut) return;
  const rows = (window: WindowName) => (held.get(window)?.ids ?? []).map((id) => (id === null ? null : (open.get(id) ?? null)));
  shownRows.value = { alarms: rows("alarms"), actions: rows("actions"), faults: rows("faults"), "set-aside": rows("set-aside") };
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
