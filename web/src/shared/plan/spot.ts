// Where on a plan something is marked, and what has no spot on it.
//
// Takes: a plan, alarms and marks with their points and places.
// Gives: the floor to hold on, spots of points, and figures that do not cover one another.
// Never: a guess. An alarm of a panel's element is not drawn at the panel; the first alarm is never moved.

import type { FloorName, FloorPlan, OnPlan, PlacedPoint, PlanAlarm, PlanMark, Rectangle } from "./types";

/** The floor of the first alarm, or of the lowest number when none is called first; null without alarms on a floor. */
export function holdOn(alarms: readonly PlanAlarm[]): FloorName | null {
  const known = alarms.filter((alarm) => alarm.place.building !== null && alarm.place.floor !== null);
  const ordered = known.sort((a, b) => Number(b.first) - Number(a.first) || Number(b.burning) - Number(a.burning) || byNumber(a, b));
  const place = ordered[0]?.place;
  return place?.building && place.floor ? { building: place.building, floor: place.floor } : null;
}

/** In the order of arrival; what has no number comes after what has one. */
export function byNumber(a: { readonly number: number | null }, b: { readonly number: number | null }): number {
  return (a.number ?? LAST) - (b.number ?? LAST);
}

const LAST = Number.MAX_SAFE_INTEGER;

/** Where a point is on a plan: itself, what it is a word of (`panel-1/l4-d5.dirty`), or its device. */
export function spotOf(plan: FloorPlan, point: string): PlacedPoint | null {
  const is = (id: string): boolean => point === id || point.startsWith(`${id}.`) || point.startsWith(`${id}/`);
  const elements = plan.points.filter((placed) => placed.point.includes("/"));
  const exact = elements.find((placed) => point === placed.point || point.startsWith(`${placed.point}.`));
  if (exact) return exact;
  if (plan.unplaced.some(is)) return null;
  const [device = "", word = ""] = point.split("/", 2);
  const held = plan.points.find((placed) => placed.point === device);
  if (!held) return null;
  const own = held.own;
  return !own || word === "" || own.some((key) => word === key || word.startsWith(`${key}.`)) ? held : null;
}

/** Whether a place is on this floor. */
export function isOn(place: { readonly building: string | null; readonly floor: string | null }, at: FloorName): boolean {
  return place.building === at.building && place.floor === at.floor;
}

/** What a figure shows. */
export type Kind = "first" | "alarm" | "isolated" | "unknown" | "fault";

/** One figure on a plan: where it stands, and where what it shows is. */
export interface Figure {
  readonly kind: Kind;
  readonly x: number;
  readonly y: number;
  /** Half of its side. */
  readonly half: number;
  readonly spot: { readonly x: number; readonly y: number };
  readonly alarm?: PlanAlarm;
  readonly mark?: PlanMark;
}

/** A plan with everything that is to be said on it. */
export interface Layout {
  readonly figures: readonly Figure[];
  /** On this floor, but not on its plan: to be said in words. */
  readonly inWords: readonly { readonly alarm?: PlanAlarm; readonly mark?: PlanMark; readonly kind: Kind }[];
  /** So many figures had no room. */
  readonly left: number;
  /** Zones with an alarm. */
  readonly zones: ReadonlySet<string>;
  /** Something burns here that neither a spot nor a zone of the drawing shows: the floor itself is marked. */
  readonly wholeFloor: boolean;
}

/** Half of a tile's side, as a share of {@link unitOf}. */
const HALF: Readonly<Record<Kind, number>> = { first: 35, alarm: 24, isolated: 24, unknown: 24, fault: 24 };
/** More figures than this are told as a number. */
const MOST = 30;

/** One unit of a plan that is drawn 720 units wide; others are scaled to it. */
export function unitOf([, , width, height]: Rectangle): number {
  return Math.max(width, height * 1.5) / 720;
}

interface Wanted {
  readonly kind: Kind;
  readonly alarm?: PlanAlarm;
  readonly mark?: PlanMark;
  readonly of: PlanAlarm | PlanMark;
}

/** Puts everything of a floor on its plan. */
export function layOut(plan: FloorPlan, shown: OnPlan): Layout {
  const unit = unitOf(plan.view_box);
  const wanted: Wanted[] = [
    ...shown.alarms.map((alarm) => ({ kind: alarm.first ? ("first" as const) : ("alarm" as const), alarm, of: alarm })),
    ...shown.isolated.map((mark) => ({ kind: "isolated" as const, mark, of: mark })),
    ...shown.unknown.map((mark) => ({ kind: "unknown" as const, mark, of: mark })),
    ...shown.faults.map((mark) => ({ kind: "fault" as const, mark, of: mark })),
  ].filter(({ of }) => isOn(of.place, plan));
  const order = (kind: Kind): number => ["first", "alarm", "isolated", "unknown", "fault"].indexOf(kind);
  wanted.sort((a, b) => order(a.kind) - order(b.kind) || (a.alarm && b.alarm ? byNumber(a.alarm, b.alarm) : 0));
  const figures: Figure[] = [];
  const inWords: { alarm?: PlanAlarm; mark?: PlanMark; kind: Kind }[] = [];
  let left = 0;
  for (const { of, ...one } of wanted) {
    const spot = spotOf(plan, of.point);
    if (!spot) {
      inWords.push(one);
    } else if (figures.length >= MOST) {
      left += 1;
    } else if (!figures.some((other) => one.mark !== undefined && sameSpot(other, spot) && other.kind === one.kind)) {
      const half = HALF[one.kind] * unit;
      figures.push({ ...one, ...room(figures, spot, half, plan.view_box, unit), half, spot });
    }
  }
  const drawn = new Set(plan.zones.map((zone) => zone.zone));
  const burning = shown.alarms.filter((alarm) => alarm.burning && isOn(alarm.place, plan));
  const zones = new Set(burning.map((alarm) => alarm.place.zone ?? ""));
  const shownByZone = (zone: string | null | undefined): boolean => zone != null && drawn.has(zone);
  const wholeFloor = inWords.some(({ alarm }) => alarm !== undefined && alarm.burning && !shownByZone(alarm.place.zone));
  return { figures, inWords, left, zones: new Set([...zones].filter((zone) => drawn.has(zone))), wholeFloor };
}

function sameSpot(figure: Figure, spot: PlacedPoint): boolean {
  return figure.spot.x === spot.x && figure.spot.y === spot.y;
}

/** The nearest free room for a square around a spot; the spot itself where there is none. */
function room(
  figures: readonly Figure[],
  spot: { readonly x: number; readonly y: number },
  half: number,
  [left, top, width, height]: Rectangle,
  unit: number,
): { x: number; y: number } {
  const inside = (at: { x: number; y: number }) => ({
    x: Math.min(Math.max(at.x, left + half), left + width - half),
    y: Math.min(Math.max(at.y, top + half), top + height - half),
  });
  const gap = 4 * unit;
  const free = (at: { x: number; y: number }): boolean =>
    figures.every((other) => {
      const reach = half + other.half + gap;
      return Math.abs(at.x - other.x) >= reach || Math.abs(at.y - other.y) >= reach;
    });
  const first = inside(spot);
  if (figures.length === 0 || free(first)) return first;
  for (let ring = 1; ring <= 24; ring += 1) {
    for (let turn = 0; turn < 16; turn += 1) {
      const angle = (turn * Math.PI) / 8;
      const way = ring * 14 * unit;
      const at = inside({ x: spot.x + way * Math.cos(angle), y: spot.y + way * Math.sin(angle) });
      if (free(at)) return at;
    }
  }
  return first;
}
