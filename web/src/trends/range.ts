// The stretch of time that is shown: zooming, panning, following now.
//
// Takes: a range, what a person does to it, the present.
// Gives: the next range.
// Never: shorter than a second, longer than ten years, or mostly in the future.

/** A stretch of time in milliseconds since 1970. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** What is shown: the last so many milliseconds up to now, or a fixed stretch. */
export type View = { readonly kind: "live"; readonly span: number } | ({ readonly kind: "past" } & Range);

const SECOND = 1_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The shortest and the longest stretch. */
export const SHORTEST = SECOND;
export const LONGEST = 3_660 * DAY;

/** What the buttons offer, in milliseconds. */
export const SPANS = { hour: HOUR, shift: 8 * HOUR, day: DAY, week: 7 * DAY, month: 30 * DAY, year: 365 * DAY } as const;

/** What is shown unless told. */
export const USUAL: View = { kind: "live", span: SPANS.shift };

/** The stretch of a view at a time. */
export function rangeOf(view: View, now: number): Range {
  return view.kind === "live" ? { from: now - view.span, to: now } : { from: view.from, to: view.to };
}

/** A fixed stretch, held within what can be shown: at most half of it in the future. */
export function past(range: Range, now: number): View {
  const middle = (range.from + range.to) / 2;
  const span = Math.min(LONGEST, Math.max(SHORTEST, range.to - range.from));
  const latest = now + span / 2;
  const to = Math.round(Math.min(middle + span / 2, latest));
  return { kind: "past", from: Math.round(to - span), to };
}

/** Zooms by a factor (below 1: closer) around an instant that stays where it is. Live stays live around now. */
export function zoomed(view: View, factor: number, around: number | null, now: number): View {
  if (view.kind === "live" && (around === null || around >= now)) {
    return { kind: "live", span: Math.min(LONGEST, Math.max(SHORTEST, view.span * factor)) };
  }
  const { from, to } = rangeOf(view, now);
  const held = around ?? (from + to) / 2;
  const span = Math.min(LONGEST, Math.max(SHORTEST, (to - from) * factor));
  const share = (held - from) / (to - from);
  return past({ from: held - span * share, to: held + span * (1 - share) }, now);
}

/** Moves by a part of what is shown; negative is earlier. */
export function panned(view: View, part: number, now: number): View {
  const { from, to } = rangeOf(view, now);
  const by = (to - from) * part;
  return past({ from: from + by, to: to + by }, now);
}

/** The same length around another instant. */
export function centred(span: number, at: number, now: number): View {
  return past({ from: at - span / 2, to: at + span / 2 }, now);
}

/** Another length: live stays live, the past keeps its middle. */
export function spanned(view: View, span: number, now: number): View {
  return view.kind === "live" ? { kind: "live", span } : centred(span, (view.from + view.to) / 2, now);
}

/** How often a live view is drawn anew: when a column has passed, at most once a second, at least once a minute. */
export function beat(span: number, pixels: number): number {
  return Math.min(60_000, Math.max(SECOND, span / Math.max(1, pixels)));
}
