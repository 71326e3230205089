// How many digits the one number of a column has.
//
// Takes: what is drawn of a point.
// Gives: a sample as it was measured; a mean with one digit more than its samples.
// Never: digits that nobody measured.

import type { Column, Drawn } from "./series";
import { numberOf } from "./series";
import { shown } from "./ticks";

/** More decimal places than any instrument tells. */
const MOST = 6;

const known = new WeakMap<readonly Column[], number>();

/** Decimal places of a number as it is shown. */
export function placesOf(value: number): number {
  const [digits = "", power] = shown(value).split("e");
  const written = digits.split(".")[1]?.length ?? 0;
  return Math.min(MOST, Math.max(0, written - Number(power ?? 0)));
}

/** The most decimal places that a sample of these columns has: extremes and last values are samples. */
export function samplePlaces(columns: readonly Column[]): number {
  const held = known.get(columns);
  if (held !== undefined) return held;
  let most = 0;
  for (const { min, max, last } of columns) {
    for (const value of [min, max, last]) if (value !== null && most < MOST) most = Math.max(most, placesOf(value));
  }
  known.set(columns, most);
  return most;
}

/** The one number of a column in words; null where nothing was known. */
export function numberText(drawn: Drawn, column: Column): string | null {
  const value = numberOf(drawn, column);
  if (value === null) return null;
  return drawn.step === null ? shown(value) : String(Number(value.toFixed(samplePlaces(drawn.columns) + 1)));
}
