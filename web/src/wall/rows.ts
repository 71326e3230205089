// Which rows stand where: the order of alarms, and when it may change.
//
// Takes: open alarms, the order that is on show, the time.
// Gives: an order that changes by a cut only, the newest alarm.
// Never: a row that jumps under the eye, and never another alarm in the place of the first.

import type { Alarm, WindowName } from "../shared/feed/types";

/** An order on show is kept for so many milliseconds. */
export const HELD_FOR = 3_000;

/** Orders ids as they were given: start of the gateway, then number. */
export function compareIds(left: string, right: string): number {
  const [a, b] = [left.split("-"), right.split("-")];
  return Number(a[0]) - Number(b[0]) || Number(a[1]) - Number(b[1]);
}

/** Whether somebody still owes this row an acknowledgement. */
export function isOwed(alarm: Alarm): boolean {
  return alarm.shown.state === "new" || alarm.shown.state === "over";
}

/** The rows of a window in the order in which they are to be read: first alarm, then owed, urgent, old. */
export function inOrder(open: Iterable<Alarm>, window: WindowName): Alarm[] {
  const rows = [...open].filter((alarm) => alarm.shown.window === window);
  const rank = (alarm: Alarm): number => (alarm.first ? 0 : isOwed(alarm) ? 1 : 2);
  return rows.sort((a, b) => rank(a) - rank(b) || a.priority - b.priority || compareIds(a.id, b.id));
}

/** An order on show. A null is the place of a row that is gone: the others stay where they are until the next cut. */
export interface Held {
  readonly ids: readonly (string | null)[];
  /** When it was cut last, in milliseconds. */
  readonly at: number;
}

/** The order on show after a change: the wanted one when the last cut is long enough ago, else the old one, with what is new behind it. */
export function hold(held: Held, wanted: readonly string[], now: number): Held {
  const same = wanted.length === held.ids.length && wanted.every((id, index) => id === held.ids[index]);
  if (same) return held;
  if (now - held.at >= HELD_FOR || held.ids.length === 0) return { ids: wanted, at: now };
  const open = new Set(wanted);
  const shown = new Set(held.ids);
  const kept = held.ids.map((id) => (id !== null && open.has(id) ? id : null));
  const ids = [...kept, ...wanted.filter((id) => !shown.has(id))];
  const still = ids.length === held.ids.length && ids.every((id, index) => id === held.ids[index]);
  return still ? held : { ids, at: held.at };
}

/** The newest alarm of a list, by order of arrival. */
export function newest(rows: readonly Alarm[]): Alarm | null {
  return rows.reduce<Alarm | null>((last, one) => (last === null || compareIds(last.id, one.id) < 0 ? one : last), null);
}
