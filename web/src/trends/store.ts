// What is shown and what is known of it.
//
// Takes: the address, what a person does, the gateway's answers.
// Gives: signals: points, view, the loaded picture, the cursor.
// Never: draws an answer that was overtaken by a later question; a picture is always of one moment of asking.

import { batch, computed, signal } from "@preact/signals";
import { now } from "../shared/clock";
import { millis } from "../shared/format";
import { MOST_POINTS, daysOf, pointedAt, read, written } from "./address";
import type { Compare, Form } from "./address";
import { Refused, ask, marksPath, told, trendsPath } from "./api";
import type { Marks, PointInfo, Told } from "./api";
import { beat, rangeOf } from "./range";
import type { Range, View } from "./range";
import { columnsOf, meanLine, meanStep, stretchesOf, valueLine } from "./series";
import type { Drawn, Stretch } from "./series";
import { daysBefore } from "./zone";

/** Stretches of states are asked for so many times; what is left then is said to be left. */
const PAGES = 8;

/** What was loaded for one range: everything that is on the page. */
export interface Picture {
  readonly range: Range;
  readonly pixels: number;
  readonly infos: readonly PointInfo[];
  readonly drawn: ReadonlyMap<string, Drawn>;
  readonly lanes: ReadonlyMap<string, { readonly stretches: readonly Stretch[]; readonly cut: number | null }>;
  readonly marks: Marks;
  /** The same hours before, moved to now; null without a comparison. */
  readonly before: null | { readonly range: Range; readonly drawn: ReadonlyMap<string, Drawn> };
}

const search = typeof location === "undefined" ? "" : location.search;
const first = read(search, now());

/** Ids of the chosen points, in the order in which they were chosen. */
export const points = signal<readonly string[]>(first.points);
/** Which stretch is shown. */
export const view = signal<View>(first.view);
/** What is drawn behind. */
export const compare = signal<Compare>(first.compare);
/** Charts or table. */
export const form = signal<Form>(first.form);
/** Columns that there is room for; 0 before the page is laid out. */
export const room = signal(0);
/** What is on the page. */
export const picture = signal<Picture | null>(null);
/** The stretch that the axes show: that of the picture, or where a finger has moved it meanwhile. */
export const axes = signal<Range>(rangeOf(first.view, now()));
/** Where somebody points, in milliseconds. */
export const cursor = signal<number | null>(pointedAt(search));
/** Whether an answer is awaited. */
export const loading = signal(false);
/** Why the last question failed. */
export const failure = signal<string | null>(null);

/** What is known of the chosen points, in their order. */
export const infos = computed(() => picture.value?.infos ?? []);
/** Those that are measured. */
export const numbers = computed(() => infos.value.filter((info) => info.kind === "number"));
/** Those that have states. */
export const states = computed(() => infos.value.filter((info) => info.kind !== "number"));

/** Shows another stretch. */
export function show(next: View): void {
  batch(() => {
    view.value = next.kind === "past" ? { kind: "past", ...whole(next) } : next;
    axes.value = rangeOf(view.value, now());
  });
}

/** Adds a point, or takes it away. */
export function toggle(id: string): void {
  const held = points.value;
  if (held.includes(id)) points.value = held.filter((other) => other !== id);
  else if (held.length < MOST_POINTS) points.value = [...held, id];
}

let asked: AbortController | null = null;

/**
 * Asks for what is to be shown now; what was asked for before is given up. `again` asks for the same picture a little
 * later, as live does: nothing on the page says so, or it would flicker for ever.
 */
export async function load(again = false): Promise<void> {
  asked?.abort();
  const mine = new AbortController();
  asked = mine;
  const [ids, pixels, days] = [points.value, room.value, daysOf(compare.value)];
  const [range, live] = [whole(rangeOf(view.value, now())), view.value.kind === "live"];
  if (ids.length === 0) {
    batch(() => { picture.value = null; loading.value = false; failure.value = null; });
    return;
  }
  if (pixels === 0) return;
  if (!again) loading.value = true;
  try {
    const next = await gather(ids, range, pixels, days, live, mine.signal);
    if (asked !== mine) return;
    batch(() => {
      picture.value = next;
      axes.value = next.range;
      failure.value = null;
      loading.value = false;
    });
    if (!live) ahead(next);
  } catch (error) {
    if (asked !== mine || mine.signal.aborted) return;
    if (error instanceof Renamed) {
      points.value = error.points;
      return;
    }
    batch(() => {
      failure.value = error instanceof Refused ? error.message : String(error);
      loading.value = false;
    });
  }
}

/** Whole seconds where the stretch is long enough: then the same stretch is the same question. */
function whole({ from, to }: Range): Range {
  const step = to - from > 120_000 ? 1_000 : 1;
  return { from: Math.floor(from / step) * step, to: Math.ceil(to / step) * step };
}

interface Known {
  readonly points: readonly PointInfo[];
  readonly judged_by?: Readonly<Record<string, readonly string[]>>;
}

/** Other points are meant than were asked for. */
class Renamed extends Error {
  constructor(readonly points: readonly string[]) {
    super();
  }
}

async function gather(ids: readonly string[], range: Range, pixels: number, days: number, live: boolean, signal: AbortSignal): Promise<Picture> {
  // What a point is does not change while the page is open.
  const known = await ask<Known>(`trends/points?ids=${ids.map(encodeURIComponent).join(",")}`, signal);
  // A link from an alarm may name what was alarmed about: the points by which it is judged are what has a past.
  const meant = [...new Set(ids.flatMap((id) => known.judged_by?.[id] ?? [id]))].slice(0, MOST_POINTS);
  if (meant.join() !== ids.join()) throw new Renamed(meant);
  const chosen = ids.flatMap((id) => known.points.filter((info) => info.point === id));
  const measured = chosen.filter((info) => info.kind === "number").map((info) => info.point);
  const stated = chosen.filter((info) => info.kind !== "number").map((info) => info.point);
  const fresh = live || range.to > now() - 5_000;
  const earlier = { from: daysBefore(range.from, days), to: daysBefore(range.to, days) };
  const existing = chosen.map((info) => info.point);
  const none: Marks = { alarms: [], isolations: [], tests: [], drills: [], incidents: [], left_out: 0 };
  const [drawn, lanes, marks, before] = await Promise.all([
    measurements(measured, range, pixels, fresh, signal),
    Promise.all(stated.map((id) => lane(id, range, fresh, signal))),
    existing.length > 0 ? ask<Marks>(marksPath(existing, range), signal, fresh) : none,
    days > 0 ? measurements(measured, earlier, pixels, false, signal) : null,
  ]);
  return {
    range, pixels, infos: chosen, drawn, marks, lanes: new Map(lanes.map((lane) => [lane.point, lane])),
    before: before && { range: earlier, drawn: moved(before, range.from - earlier.from) },
  };
}

async function measurements(ids: readonly string[], range: Range, pixels: number, fresh: boolean, signal: AbortSignal): Promise<ReadonlyMap<string, Drawn>> {
  if (ids.length === 0) return new Map();
  const step = meanStep(range, pixels);
  const [envelopes, means] = await Promise.all([
    told(trendsPath("envelope", ids, range, pixels), signal, fresh),
    step === null ? ([] as readonly Told[]) : told(trendsPath("rollup", ids, range, pixels), signal, fresh),
  ]);
  const of = (document: Told): Drawn => {
    const columns = columnsOf(document.spans ?? [], range.to);
    const rollups = means.find((mean) => mean.point === document.point)?.rollups;
    const line = step !== null && rollups ? meanLine(rollups, step, columns, range) : valueLine(columns);
    return { columns, line, step };
  };
  return new Map(envelopes.map((document) => [document.point, of(document)]));
}

async function lane(id: string, range: Range, fresh: boolean, signal: AbortSignal) {
  const stretches: Stretch[] = [];
  let from = range.from;
  for (let page = 0; page < PAGES; page += 1) {
    const [document] = await told(trendsPath("segments", [id], { from, to: range.to }, 0), signal, fresh);
    stretches.push(...stretchesOf(document?.segments ?? []));
    const next = millis(document?.next);
    if (Number.isNaN(next)) return { point: id, stretches, cut: null };
    from = next;
  }
  return { point: id, stretches, cut: from };
}

function moved(drawn: ReadonlyMap<string, Drawn>, by: number): ReadonlyMap<string, Drawn> {
  const one = ({ columns, line, step }: Drawn): Drawn => ({
    columns: columns.map((column) => ({ ...column, from: column.from + by, to: column.to + by })),
    line: line.map((dot) => ({ ...dot, at: dot.at + by })),
    step,
  });
  return new Map([...drawn].map(([id, held]) => [id, one(held)]));
}

/** Asks for what lies half a screen to either side, so that the next step is at hand. */
function ahead({ range, pixels, infos }: Picture): void {
  const measured = infos.filter((info) => info.kind === "number").map((info) => info.point);
  if (measured.length === 0) return;
  const half = (range.to - range.from) / 2;
  for (const by of [-half, half]) {
    const beside = whole({ from: range.from + by, to: range.to + by });
    if (beside.to > now()) continue;
    // Nobody waits for it: what fails is asked for again when it is wanted.
    measurements(measured, beside, pixels, false, new AbortController().signal).catch(() => undefined);
  }
}

/** The address of what is shown, for a link and for the browser's history. */
export const address = computed(() => written({ points: points.value, view: view.value, compare: compare.value, form: form.value }));

/** How long a live picture holds. */
export const period = computed(() => (view.value.kind === "live" ? beat(view.value.span, room.value) : null));

/** Takes over an address, as after the browser's back button. */
export function takeAddress(search: string): void {
  const said = read(search, now());
  batch(() => {
    points.value = said.points;
    compare.value = said.compare;
    form.value = said.form;
    show(said.view);
  });
}
