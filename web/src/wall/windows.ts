// Which windows the wall shows: by itself, or one that was chosen (FA-14).
//
// Takes: keys, touches of lamps, the state word, the time.
// Gives: the choice, and when it goes back by itself.
// Never: a window that hides a fire for longer than a minute after the last touch.

import type { Banner, StateWord, WindowName } from "../shared/feed/types";

/** The windows in the order of their keys, 1 to 4. */
export const WINDOWS: readonly WindowName[] = ["alarms", "actions", "faults", "set-aside"];
/** So long, in milliseconds, a choice holds without a touch while something alarms. */
export const BACK_AFTER = 60_000;

/** What was chosen: nothing, or one window beside the automatic part, or one over all of it. */
export interface Choice {
  readonly window: WindowName | null;
  readonly full: boolean;
  /** When somebody touched it last, in milliseconds. */
  readonly at: number;
  /** Pages of rows turned. */
  readonly page: number;
}

/** Nothing chosen. */
export const AUTOMATIC: Choice = { window: null, full: false, at: 0, page: 0 };

/** A window was asked for: once it is beside the automatic part, twice over all of it, three times it is gone. */
export function choose(choice: Choice, window: WindowName, now: number): Choice {
  if (choice.window !== window) return { window, full: false, at: now, page: 0 };
  return choice.full ? AUTOMATIC : { window, full: true, at: now, page: 0 };
}

/** What a key does; null where it means nothing here. */
export function press(choice: Choice, key: string, now: number): Choice | null {
  if (key === "0" || key === "Escape") return AUTOMATIC;
  const window = /^[1-4]$/.test(key) ? WINDOWS[Number(key) - 1] : undefined;
  if (window) return choose(choice, window, now);
  if (choice.window === null) return null;
  if (key === "ArrowDown" || key === "PageDown") return { ...choice, page: choice.page + 1, at: now };
  if (key === "ArrowUp" || key === "PageUp") return { ...choice, page: Math.max(0, choice.page - 1), at: now };
  return key === "Enter" ? { ...choice, full: !choice.full, page: 0, at: now } : null;
}

/** The choice as it stands now: while something alarms it goes back by itself. */
export function settle(choice: Choice, alarming: boolean, now: number): Choice {
  return choice.window !== null && alarming && now - choice.at >= BACK_AFTER ? AUTOMATIC : choice;
}

/** The window of a lamp. */
export function windowOf(lamp: string): WindowName {
  if (lamp === "start" || lamp === "feedback") return "actions";
  if (lamp === "fault" || lamp === "power" || lamp === "link") return "faults";
  return lamp === "disabled" ? "set-aside" : "alarms";
}

/** What the main part is about. */
export type Scene = "alarm" | "lost" | "unknown" | "fault" | "action" | "disabled" | "normal";

const SCENES: Readonly<Record<StateWord, Scene>> = {
  fire: "alarm", discharge: "alarm", gas: "alarm", emergency: "alarm", supervisory: "alarm", prealarm: "alarm",
  "link-lost": "lost", unknown: "unknown", fault: "fault", action: "action", disabled: "disabled", normal: "normal",
};

/** What the main part is about while nothing is chosen. */
export function sceneOf(banner: Pick<Banner, "state">): Scene {
  return SCENES[banner.state];
}
