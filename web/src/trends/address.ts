// What is shown, as an address: a link gives somebody else the same picture.
//
// Takes: the part of an address after the question mark.
// Gives: points, view, comparison; and that part again.
// Never: more points than one question to the gateway may have.

import { millis } from "../shared/format";
import { SPANS, USUAL, centred } from "./range";
import type { View } from "./range";

/** Points that are shown together at most. */
export const MOST_POINTS = 16;

/** What is drawn behind, thinner: the same hours before. */
export type Compare = "none" | "day" | "week";

/** Which of the two forms of the data is in front. */
export type Form = "charts" | "table";

/** Everything that an address says. */
export interface Place {
  readonly points: readonly string[];
  readonly view: View;
  readonly compare: Compare;
  readonly form: Form;
}

/** The instant that a link points at, as one from an alarm does; null without one. It is not kept in the address. */
export function pointedAt(search: string): number | null {
  const at = millis(new URLSearchParams(search).get("at"));
  return Number.isNaN(at) ? null : at;
}

const DAYS: Record<Compare, number> = { none: 0, day: 1, week: 7 };

/** How many days before the comparison lies. */
export function daysOf(compare: Compare): number {
  return DAYS[compare];
}

/** Reads an address; what it does not say is usual. `at` centres on an instant, as a link from an alarm does. */
export function read(search: string, now: number): Place {
  const said = new URLSearchParams(search);
  const points = [...new Set((said.get("points") ?? "").split(",").map((id) => id.trim()).filter(Boolean))];
  const compare = said.get("compare");
  return {
    points: points.slice(0, MOST_POINTS),
    view: viewOf(said, now),
    compare: compare === "day" || compare === "week" ? compare : "none",
    form: said.get("form") === "table" ? "table" : "charts",
  };
}

function viewOf(said: URLSearchParams, now: number): View {
  const [from, to, at] = [millis(said.get("from")), millis(said.get("to")), pointedAt(said.toString())];
  if (from < to) return { kind: "past", from, to };
  const span = Number(said.get("span")) * 1000;
  const known = span > 0 ? span : null;
  if (at !== null) return centred(known ?? SPANS.hour, at, now);
  return known === null ? USUAL : { kind: "live", span: known };
}

/** The part of the address after the question mark. */
export function written(place: Place): string {
  const parts: string[] = [];
  if (place.points.length > 0) parts.push(`points=${place.points.map(encodeURIComponent).join(",").replaceAll("%2F", "/")}`);
  if (place.view.kind === "past") {
    parts.push(`from=${new Date(place.view.from).toISOString()}`, `to=${new Date(place.view.to).toISOString()}`);
  } else {
    parts.push(`span=${place.view.span / 1000}`);
  }
  if (place.compare !== "none") parts.push(`compare=${place.compare}`);
  if (place.form !== "charts") parts.push(`form=${place.form}`);
  return `?${parts.join("&")}`;
}
