// What the trends console asks the gateway for.
//
// Takes: points, a stretch, how many columns there is room for.
// Gives: documents of `GET trends`, `trends/marks`, `trends/points`, `devices`; the address of an export.
// Never: asks twice for what is at hand, or waits for an answer that nobody wants any more.

import type { Text } from "../shared/words";
import type { Category, Place } from "../shared/feed/types";
import { tell } from "../shared/words";
import { instant } from "./zone";
import type { Range } from "./range";

/** One point as a chart needs it. */
export interface PointInfo {
  readonly point: string;
  readonly name: Text;
  readonly unit: string;
  readonly kind: "number" | "state" | "bit";
  readonly states: readonly { readonly value: number; readonly name: Text }[];
  readonly device: string;
  readonly device_name: Text;
  readonly place: Place;
  readonly limits?: readonly Limit[];
}

/** A number that an alarm compares the point with. */
export interface Limit {
  readonly side: "above" | "below";
  readonly value: number;
  readonly name: Text;
  readonly category: Category;
}

/** One column of an envelope. */
export interface Span {
  readonly at: string;
  readonly min: number | null;
  readonly max: number | null;
  readonly last: number | null;
  readonly count: number;
  readonly unknown: boolean;
}

/** One step of a roll-up; only what is drawn of it. */
export interface Rollup {
  readonly at: string;
  readonly mean: number | null;
}

/** One stretch of a state. */
export interface Segment {
  readonly from: string;
  readonly to: string;
  readonly value: number | null;
  readonly quality: string;
  readonly state: Text | null;
}

/** The past of one point, told in one way or another. */
export interface Told {
  readonly point: string;
  readonly spans?: readonly Span[];
  readonly rollups?: readonly Rollup[];
  readonly segments?: readonly Segment[];
  readonly next?: string | null;
}

/** A stretch of time of a mark; without an end it goes on. */
export interface Spell {
  readonly from: string;
  readonly to: string | null;
}

/** What happened: an alarm, an isolation, a test, a drill or an incident. */
export interface Happened {
  readonly id: string;
  readonly spells: readonly Spell[];
  readonly point?: string;
  readonly name?: Text | null;
  readonly place?: Place;
  readonly category?: Category;
  readonly category_text?: Text;
  readonly symbol?: string;
  readonly acknowledged?: readonly string[];
  readonly reset?: string | null;
  readonly reason?: string;
  readonly by?: string | null;
  readonly alarm?: string;
}

/** Everything that happened in a stretch. */
export interface Marks {
  readonly alarms: readonly Happened[];
  readonly isolations: readonly Happened[];
  readonly tests: readonly Happened[];
  readonly drills: readonly Happened[];
  readonly incidents: readonly Happened[];
  readonly left_out: number;
}

/** A device by which points are grouped. */
export interface DeviceInfo {
  readonly id: string;
  readonly name: Text;
  readonly place: Place;
  readonly points: { readonly total: number };
}

/** What the gateway refused, in its words. */
export class Refused extends Error {}

/** Answers that are kept, newest last. */
const KEPT = 60;
const kept = new Map<string, Promise<unknown>>();

/** Asks once; `fresh` asks again, as for a stretch that is not over. */
export function ask<T>(path: string, signal: AbortSignal | null, fresh = false): Promise<T> {
  const held = kept.get(path);
  if (held && !fresh) return held as Promise<T>;
  const asked = fetched<T>(path, signal);
  if (fresh) return asked;
  kept.set(path, asked);
  // What was given up or refused is asked anew the next time.
  asked.catch(() => kept.delete(path));
  for (const old of kept.keys()) {
    if (kept.size <= KEPT) break;
    kept.delete(old);
  }
  return asked;
}

async function fetched<T>(path: string, signal: AbortSignal | null): Promise<T> {
  const answer = await fetch(`/api/v1/${path}`, { signal, headers: { accept: "application/json" } });
  if (answer.ok) return (await answer.json()) as T;
  const problem = (await answer.json().catch(() => null)) as { message?: Text } | null;
  throw new Refused(tell(problem?.message) || `${answer.status}`);
}

/** A question about points over a stretch. */
export function trendsPath(how: "envelope" | "rollup" | "segments", points: readonly string[], range: Range, pixels: number): string {
  const each = points.map((id) => `point=${encodeURIComponent(id)}`).join("&");
  const room = how === "segments" ? "" : `&pixels=${pixels}`;
  return `trends?${each}&from=${instant(range.from)}&to=${instant(range.to)}&as=${how}${room}`;
}

/** One document or several: always several. */
export async function told(path: string, signal: AbortSignal | null, fresh = false): Promise<readonly Told[]> {
  const answer = await ask<Told | { readonly trends: readonly Told[] }>(path, signal, fresh);
  return "trends" in answer ? answer.trends : [answer];
}

/** What happened over a stretch. */
export function marksPath(points: readonly string[], range: Range): string {
  return `trends/marks?${points.map((id) => `point=${encodeURIComponent(id)}`).join("&")}&from=${instant(range.from)}&to=${instant(range.to)}`;
}

/** The address of a file: what is shown, or every sample. */
export function exportHref(points: readonly string[], range: Range, pixels: number | null, format: string, lang: string): string {
  const ids = points.map(encodeURIComponent).join(",");
  const how = pixels === null ? "layout=long" : `layout=shown&pixels=${pixels}`;
  return `/api/v1/trends/export?points=${ids}&from=${instant(range.from)}&to=${instant(range.to)}&${how}&format=${format}&lang=${lang}`;
}
