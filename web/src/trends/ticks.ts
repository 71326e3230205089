// Where the axes have marks.
//
// Takes: a stretch, how much room there is, the zone's offset at an instant.
// Gives: instants on whole local times with their labels; round numbers.
// Never: a mark on an odd time, or more marks than there is room for.

import type { Range } from "./range";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const STEPS = [
  100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
  HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY,
] as const;
const MONTHS = [1, 2, 3, 6, 12, 24, 60] as const;

/** One mark of the axis of time. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** Offset of the zone at an instant, and the instant of a local time. */
export interface Zone {
  readonly offsetAt: (at: number) => number;
  readonly instantOf: (local: number) => number;
}

/** At most so many marks over a stretch, each on a whole local time. */
export function timeTicks({ from, to }: Range, most: number, zone: Zone): Tick[] {
  const span = to - from;
  const step = STEPS.find((step) => span / step <= most);
  const [first, last] = [from + zone.offsetAt(from), to + zone.offsetAt(to)];
  const locals = step ? even(first, last, step) : monthly(first, last, MONTHS.find((count) => span / (count * 30 * DAY) <= most) ?? 120);
  const ticks: Tick[] = [];
  let previous: number | null = null;
  for (const local of locals) {
    const at = zone.instantOf(local);
    if (at < from || at > to) continue;
    ticks.push({ at, label: label(local, previous, step ?? 30 * DAY) });
    previous = local;
  }
  return ticks;
}

function even(first: number, last: number, step: number): number[] {
  // Weeks begin on a Monday: 1970-01-05 was one.
  const zero = step % (7 * DAY) === 0 ? 4 * DAY : 0;
  const found: number[] = [];
  for (let at = Math.ceil((first - zero) / step) * step + zero; at <= last; at += step) found.push(at);
  return found;
}

function monthly(first: number, last: number, count: number): number[] {
  const begin = new Date(first);
  const month = begin.getUTCFullYear() * 12 + begin.getUTCMonth();
  const found: number[] = [];
  for (let next = Math.floor(month / count) * count; ; next += count) {
    const at = Date.UTC(Math.floor(next / 12), next % 12, 1);
    if (at > last) return found;
    if (at >= first) found.push(at);
  }
}

/** As much of date and clock as is new since the mark before. */
function label(local: number, previous: number | null, step: number): string {
  const text = new Date(local).toISOString();
  const [date, clock] = [text.slice(5, 10), step < 1_000 ? text.slice(11, 21) : step < MINUTE ? text.slice(11, 19) : text.slice(11, 16)];
  const before = previous === null ? "" : new Date(previous).toISOString();
  const year = before.slice(0, 4) !== text.slice(0, 4);
  if (step >= 28 * DAY) return text.slice(0, 7);
  if (step >= DAY) return year ? text.slice(0, 10) : date;
  return before.slice(0, 10) === text.slice(0, 10) ? clock : `${date} ${clock}`;
}

/** A number with as many digits as it needs beside others that are `step` apart. */
export function rounded(value: number, step: number): string {
  const digits = step > 0 ? Math.min(8, Math.max(0, Math.ceil(-Math.log10(step) + 1))) : 3;
  const text = value.toFixed(digits);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** A measured number as it is shown: seven digits at most, none that were not said. */
export function shown(value: number): string {
  return String(Number(value.toPrecision(7)));
}
