// From the gateway's documents to what is drawn: columns, gaps, lines, stretches.
//
// Takes: columns of an envelope, steps of a roll-up, stretches of states.
// Gives: arrays of one point over the range, and the same as rows of a table.
// Never: joins over the unknown, rounds an extreme away, or says anything of the time before the first record.

import { millis } from "../shared/format";
import type { Text } from "../shared/words";
import type { Range } from "./range";
import type { Rollup, Segment, Span } from "./api";

/** How much of a column was known. */
export type Known = "good" | "partly" | "unknown" | "none";

/** One column as it is drawn; it ends where the next one begins. */
export interface Column {
  readonly from: number;
  readonly to: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly last: number | null;
  readonly count: number;
  readonly known: Known;
}

/** One corner of the line. */
export interface Dot {
  readonly at: number;
  /** Null breaks the line. */
  readonly value: number | null;
}

/** What is drawn of one measurement. */
export interface Drawn {
  readonly columns: readonly Column[];
  readonly line: readonly Dot[];
  /** Milliseconds of one step of the means; null where the line is the value itself. */
  readonly step: number | null;
}

/** One stretch of a lane; stretches too short to be seen by themselves are `many`. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly value: number | null;
  readonly quality: string;
  readonly state: Text | null;
}

const STEPS = [60_000, 900_000, 3_600_000, 86_400_000] as const;

/** The step of which the mean is drawn; null where columns are so narrow that the value itself is the better line. */
export function meanStep(range: Range, pixels: number): number | null {
  const span = range.to - range.from;
  const step = STEPS.find((step) => span / step <= pixels) ?? 86_400_000;
  return step <= (span / pixels) * 4 ? step : null;
}

/** Columns from an envelope; the last one ends with the range. */
export function columnsOf(spans: readonly Span[], to: number): Column[] {
  const begins = spans.map((span) => millis(span.at));
  return spans.map((span, at) => ({
    from: begins[at] ?? to,
    to: begins[at + 1] ?? Math.max(to, begins[at] ?? to),
    min: span.min,
    max: span.max,
    last: span.last,
    count: span.count,
    known: span.unknown ? (span.max === null ? "unknown" : "partly") : span.max === null ? "none" : "good",
  }));
}

/** The line through the means of whole steps, each in the middle of its step; broken where a step or a column has none. */
export function meanLine(rollups: readonly Rollup[], step: number, columns: readonly Column[], range: Range): Dot[] {
  const dots: Dot[] = [];
  let before: number | null = null;
  for (const { at: text, mean } of rollups) {
    const at = millis(text);
    const middle = Math.min(range.to, Math.max(range.from, at + step / 2));
    // A step that has no roll-up was not recorded, and one in which there is a gap is not joined over it.
    if (before !== null && (at > before + step || hasGap(columns, before + step / 2, middle))) dots.push({ at: before + step, value: null });
    dots.push({ at: middle, value: mean });
    before = at;
  }
  return dots;
}

/** The value itself: it holds until the next one. */
export function valueLine(columns: readonly Column[]): Dot[] {
  const dots: Dot[] = [];
  for (const column of columns) {
    if (column.known === "none" || column.known === "unknown") {
      dots.push({ at: column.from, value: null });
      continue;
    }
    // A column that was unknown for a part is left open: nobody knows for which.
    if (column.known === "partly") dots.push({ at: column.from, value: null });
    const entered = dots.at(-1)?.value;
    if (column.count === 0 || entered === null || entered === undefined) dots.push({ at: column.from, value: column.last });
    dots.push({ at: column.to, value: column.last });
  }
  return dots;
}

function hasGap(columns: readonly Column[], from: number, to: number): boolean {
  for (let at = indexAt(columns, from); at < columns.length; at += 1) {
    const column = columns[at];
    if (!column || column.from >= to) return false;
    if (column.to > from && (column.known === "unknown" || column.known === "none")) return true;
  }
  return false;
}

/** The place of the column that an instant lies in, or the nearest before it; 0 before the first. */
export function indexAt(columns: readonly { readonly from: number }[], at: number): number {
  let [low, high] = [0, columns.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((columns[middle]?.from ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

/** The column at an instant; null outside. */
export function columnAt(columns: readonly Column[], at: number): Column | null {
  const column = columns[indexAt(columns, at)];
  return column && column.from <= at && at <= column.to ? column : null;
}

/** The value of the line at an instant: that of the corner at it or before it. Null in a gap. */
export function lineAt(line: readonly Dot[], at: number, step: number | null): number | null {
  let [low, high] = [0, line.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((line[middle]?.at ?? Infinity) <= at + (step ?? 0) / 2) low = middle + 1;
    else high = middle;
  }
  const dot = line[low - 1];
  return dot && (step === null || at - dot.at <= step / 2 + 1) ? dot.value : null;
}

/** The one number of a column: the mean around it, or what held at its end where the line is the value itself. */
export function numberOf({ line, step }: Drawn, column: Column): number | null {
  if (column.known === "unknown" || column.known === "none") return null;
  return step === null ? column.last : lineAt(line, (column.from + column.to) / 2, step);
}

/** Stretches of time in which nothing was known, joined where they touch. */
export function gapsOf(columns: readonly Column[], partly: boolean): Range[] {
  return joined(columns, (column) => column.known === "unknown" || (partly && column.known === "partly"));
}

function joined(columns: readonly Column[], wanted: (column: Column) => boolean): Range[] {
  const found: { from: number; to: number }[] = [];
  for (const column of columns) {
    if (!wanted(column)) continue;
    const held = found.at(-1);
    if (held && held.to >= column.from) held.to = column.to;
    else found.push({ from: column.from, to: column.to });
  }
  return found;
}

/** Stretches of which there is any record, also that nothing was known. */
export function recorded(columns: readonly Column[]): Range[] {
  return joined(columns, (column) => column.known !== "none");
}

/** The last column of which there is any record; null without one. */
export function lastRecorded(columns: readonly Column[]): Column | null {
  return columns.findLast((column) => column.known !== "none") ?? null;
}

/** The least and the greatest of everything known; null where nothing is. */
export function extremes(all: readonly (readonly Column[])[]): { readonly min: number; readonly max: number } | null {
  let [min, max] = [Infinity, -Infinity];
  for (const columns of all) {
    for (const column of columns) {
      if (column.min !== null && column.min < min) min = column.min;
      if (column.max !== null && column.max > max) max = column.max;
    }
  }
  return min <= max ? { min, max } : null;
}

/** Stretches from the gateway's. */
export function stretchesOf(segments: readonly Segment[]): Stretch[] {
  return segments.map(({ from, to, value, quality, state }) => ({ from: millis(from), to: millis(to), value, quality, state }));
}

/** One box of a lane: a stretch, or several that are too short for a pixel each. */
export interface Box {
  readonly from: number;
  readonly to: number;
  /** Null where several share it. */
  readonly stretch: Stretch | null;
}

/** What can be seen of stretches when a pixel is so many milliseconds: none narrower than a pixel, none left out. */
export function boxes(stretches: readonly Stretch[], pixel: number): Box[] {
  const found: Box[] = [];
  for (const stretch of stretches) {
    const held = found.at(-1);
    const short = stretch.to - stretch.from < pixel;
    const shared = held !== undefined && (held.stretch === null || held.to - held.from < pixel);
    if (short && shared) found[found.length - 1] = { from: held.from, to: stretch.to, stretch: null };
    else found.push({ from: stretch.from, to: stretch.to, stretch });
  }
  return found;
}
