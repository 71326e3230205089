// The order of rows, and when it may change.
//
// Takes: alarms as the gateway words them, the rows that are on the screen, whether somebody is at the list.
// Gives: the rows to show, and how many wait for their place.
// Never: moves or removes a row under the pointer or the focus.

import type { Alarm, WindowName } from "../shared/feed/types";

/** The windows in the order of their keys. */
export const WINDOWS: readonly WindowName[] = ["alarms", "actions", "faults", "set-aside"];

/** Whether people still owe an alarm their acknowledgement. */
export function isOwed(alarm: Alarm): boolean {
  return alarm.shown.state === "new" || alarm.shown.state === "over";
}

/** What is a danger to life: it is counted apart where something hides it. */
export function isFire(alarm: Alarm): boolean {
  return alarm.shown.counted_as === "fire" || alarm.shown.counted_as === "discharge" || alarm.shown.counted_as === "gas";
}

/** The alarms of each window: unacknowledged first, then by priority, then the oldest. */
export function byWindow(alarms: Iterable<Alarm>): Record<WindowName, Alarm[]> {
  // In a flood there are thousands: what is compared is read from each id once.
  const keyed = [...alarms].map((alarm) => {
    const [epoch = 0, seq = 0] = alarm.id.split("-").map(Number);
    return { alarm, owed: isOwed(alarm) ? 0 : 1, epoch, seq };
  });
  keyed.sort((one, other) => one.owed - other.owed || one.alarm.priority - other.alarm.priority || one.epoch - other.epoch || one.seq - other.seq);
  const found: Record<WindowName, Alarm[]> = { alarms: [], actions: [], faults: [], "set-aside": [] };
  for (const { alarm } of keyed) found[alarm.shown.window].push(alarm);
  return found;
}

/** Rows of a window, and how many are not among them yet. */
export interface Rows {
  readonly ids: readonly string[];
  readonly waiting: number;
}

/**
 * What a list shows. While somebody is at it every row keeps its place, also one that is over, and what is new is counted;
 * an empty list has nothing to keep.
 */
export function settled(shown: readonly string[], wanted: readonly string[], busy: boolean): Rows {
  if (!busy || shown.length === 0) return { ids: wanted, waiting: 0 };
  const held = new Set(shown);
  return { ids: shown, waiting: wanted.filter((id) => !held.has(id)).length };
}

/** The next unacknowledged alarm after one, round the end. */
export function nextOwed(alarms: readonly Alarm[], after: string | null): Alarm | null {
  const at = alarms.findIndex((alarm) => alarm.id === after);
  const round = [...alarms.slice(at + 1), ...alarms.slice(0, at + 1)];
  return round.find((alarm) => isOwed(alarm) && alarm.id !== after) ?? null;
}
