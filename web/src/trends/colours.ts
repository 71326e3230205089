// How the lines of up to sixteen points are told apart.
//
// Takes: the place of a point among those chosen.
// Gives: its letter, its hue (a class of the style sheet) and its dashes.
// Never: a colour of an alarm, or a difference in colour alone.

/** How one line is drawn. */
export interface Mark {
  readonly letter: string;
  /** Index of the hue: `hue-0` to `hue-3`. */
  readonly hue: number;
  /** Lengths of dashes and gaps; empty for a whole line. */
  readonly dash: readonly number[];
}

/** How many hues there are: data is blue, then ink, then what lies between. */
export const HUES = 4;
const DASHES: readonly (readonly number[])[] = [[], [9, 4], [2, 3], [12, 3, 2, 3]];

/** How the point at this place is drawn. Neighbours differ in hue and in dashes. */
export function markOf(index: number): Mark {
  const hue = index % HUES;
  const dash = DASHES[(hue + Math.floor(index / HUES)) % DASHES.length] ?? [];
  return { letter: String.fromCharCode(65 + index), hue, dash };
}
