// The gateway's clock, running on this machine's monotonic one.
//
// Takes: the gateway's time with each heartbeat and change.
// Gives: `now`, a signal that ticks, the site's offset, symbols that flash in phase.
// Never: this machine's wall clock, which may be wrong on a kiosk.

import { signal } from "@preact/signals";
import { millis, offsetOf } from "./format";

let serverAt = typeof document === "undefined" ? 0 : Number(document.body.dataset.now ?? Date.now());
let localAt = performance.now();

/** Offset of the site's time zone in milliseconds. */
export const offset = signal(0);

/** The gateway's time in milliseconds since 1970, as far as it can be told here. */
export function now(): number {
  return serverAt + (performance.now() - localAt);
}

/** Ticks twice a second with the gateway's time: what shows an age reads it. */
export const ticking = signal(now());

/** Takes the gateway's time from a message. */
export function setTime(text: string): void {
  const at = millis(text);
  if (Number.isNaN(at)) return;
  serverAt = at;
  localAt = performance.now();
  offset.value = offsetOf(text);
  beat();
}

/** All displays flash together: each flashing symbol is moved to the beat of the gateway's seconds, whenever it appeared. */
function beat(animations: readonly Animation[] = document.getAnimations()): void {
  const at = Number(document.timeline.currentTime ?? performance.now());
  for (const animation of animations) animation.startTime = at - (now() % 1000);
}

/** Begins to tick; called once by each app. */
export function startClock(): void {
  addEventListener("animationstart", (event) => {
    if (event.target instanceof Element) beat(event.target.getAnimations());
  });
  setInterval(() => {
    ticking.value = now();
  }, 500);
}
