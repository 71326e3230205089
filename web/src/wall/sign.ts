// Where an alarm is, as a sign: huge numerals of building and floor, the rest in words below.
//
// Takes: an alarm, the buildings of the site, the room that there is.
// Gives: the parts of the sign and the size at which they fit, short places for rows.
// Never: a place cut off; what is too long for one line gets a second one and smaller numerals.

import type { Alarm, Place, Site } from "../shared/feed/types";
import { lines, width } from "./fit";

/** Longest id that is drawn as a numeral. */
export const NUMERAL = 3;

/** One part of a sign: a numeral with its word, or a name. */
export interface Part {
  readonly kind: "building" | "floor" | "name";
  readonly text: string;
  readonly numeral: boolean;
}

/** What gives a text of the gateway in the page's language. */
export type Tell = (text: { readonly zh: string; readonly en: string } | null | undefined) => string;

const short = (id: string): boolean => [...id].length <= NUMERAL;

/** The parts of the sign of an alarm. */
export function parts(alarm: Alarm, site: Site | null, tell: Tell): Part[] {
  const { building, floor } = alarm.place;
  const found: Part[] = [];
  if (building !== null) {
    const named = site?.buildings.find((one) => one.id === building)?.name;
    found.push(short(building) ? { kind: "building", text: building, numeral: true } : { kind: "name", text: tell(named) || building, numeral: false });
  }
  if (floor !== null) found.push({ kind: "floor", text: floor, numeral: short(floor) });
  if (found.length === 0) found.push({ kind: "name", text: tell(alarm.shown.head), numeral: false });
  return found;
}

/** What stands below the sign: the place without building and floor, then what is left to say. */
export function below(alarm: Alarm, tell: Tell): string {
  const rest = alarm.place.building === null && alarm.place.floor === null ? "" : tell(alarm.shown.rest);
  return [rest, tell(alarm.shown.left)].filter(Boolean).join(" · ");
}

/** A place in a row: `2-12 走廊东侧`, or its name where building or floor have long ids. */
export function rowText(alarm: Alarm, tell: Tell): string {
  const { building, floor } = alarm.place;
  if (building === null || floor === null || !short(building) || !short(floor)) {
    return [tell(alarm.shown.head), tell(alarm.shown.left)].filter(Boolean).join(" · ");
  }
  return [`${building}-${floor}`, tell(alarm.shown.rest), tell(alarm.shown.left)].filter(Boolean).join(" ");
}

/** The same for a place alone. */
export function placeText(place: Place, name: string): string {
  const { building, floor } = place;
  const where = [building, floor].filter((id): id is string => id !== null && short(id)).join("-");
  return where && !name.includes(where) ? `${where} ${name}` : name;
}

/** Sizes, in minutes of arc. */
export interface SignSize {
  readonly numeral: number;
  readonly word: number;
  /** Size and lines of what stands below. */
  readonly below: number;
  readonly lines: number;
}

const SIZES: readonly (readonly [numeral: number, word: number, below: number])[] = [
  [88, 28, 28], [72, 28, 28], [58, 28, 28], [48, 28, 24], [40, 24, 22], [28, 22, 22],
];

/** The largest sizes at which a sign of `parts` over `text` fits a space of `wide` x `high` minutes of arc. */
export function sizeOf(found: readonly Part[], text: string, wide: number, high: number, wordWidth: number): SignSize {
  // Bold type is wider than the plain one.
  wide /= 1.05;
  for (const [numeral, word, small] of SIZES) {
    const across = found.reduce((sum, part) => sum + (part.numeral ? width(part.text) * numeral + wordWidth * word + 10 : 0), 0);
    const names = found.filter((part) => !part.numeral);
    const nameSize = Math.min(numeral, 40);
    const nameLines = names.reduce((sum, part) => sum + lines(part.text, wide / nameSize), 0);
    const count = text ? lines(text, wide / small) : 0;
    const tall = (across > 0 ? numeral * 0.9 : 0) + nameLines * nameSize * 1.1 + count * small * 1.2 + 4;
    if (across <= wide && tall <= high) return { numeral, word, below: small, lines: count };
  }
  // The list has the place in full.
  return { numeral: 28, word: 22, below: 22, lines: 1 };
}
