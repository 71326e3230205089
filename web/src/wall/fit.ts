// What fits: how wide a text is, how many lines it takes, how many rows a column has room for.
//
// Takes: texts, sizes in minutes of arc.
// Gives: lines, and the number of rows of each block.
// Never: smaller type. What does not fit becomes a number.

/** Height of one line of body text on the wall, in minutes of arc. */
export const LINE = 25;
/** Space around the lines of a row. */
export const AROUND = 4;
/** Height of a heading with the space above it. */
export const HEADING = 27;

/** Advance of a character in em, on the safe side of Noto Sans. */
function advance(character: string): number {
  if (character > "\u2e7f") return 1;
  if (/[A-ZmwMW@%]/.test(character)) return 0.7;
  if (/[ilj.,:;'|!()\-\s]/.test(character)) return 0.32;
  return 0.57;
}

/** Width of a text in em. */
export function width(text: string): number {
  let sum = 0;
  for (const character of text) sum += advance(character);
  return sum;
}

/** What a line may be broken between: Chinese characters, words, gaps. */
const PIECES = /[\u2e80-\uffff]|[^\s\u2e80-\uffff]+|\s+/g;

/** A text in at most so many lines; what is left out at its end is marked. */
export function within(text: string, column: number, most: number): string {
  if (lines(text, column) <= most) return text;
  let kept = "";
  for (const piece of text.match(PIECES) ?? []) {
    if (kept && lines(`${kept}${piece}…`, column) > most) break;
    kept += piece;
  }
  return `${kept.trimEnd()}…`;
}

/** Lines that a text takes in a column of so many em, where Latin words are not broken. */
export function lines(text: string, column: number): number {
  let used = 0;
  let count = 1;
  for (const piece of text.match(PIECES) ?? []) {
    const wide = width(piece);
    if (used + wide > column && used > 0 && piece.trim()) {
      count += 1;
      used = 0;
    }
    // A word longer than the column is broken by the browser.
    count += Math.max(0, Math.ceil(wide / column) - 1);
    used = wide > column ? wide % column : used + wide;
  }
  return count;
}

/** Height of a row of so many lines. */
export function rowHeight(count: number): number {
  return count * LINE + AROUND;
}

/** One block of a column: heights of its rows, and how many it wants at least. */
export interface Block {
  readonly rows: readonly number[];
  readonly least: number;
  /** Its heading tells something by itself: it stands also without a row. */
  readonly bare?: boolean;
  /** It begins only where the others leave room. */
  readonly late?: boolean;
}

/** How many rows of each block are shown in a column: first the least of each, from the top, then what is left goes to the first that has more, then late blocks begin. A block that is not there has -1. */
export function share(height: number, blocks: readonly Block[]): number[] {
  const shown = blocks.map(() => -1);
  let left = height;
  const begin = (block: Block, index: number): void => {
    // The first block is always there: a column without it would be silent.
    if (index > 0 && left < HEADING + (block.bare ? 0 : (block.rows[0] ?? 0))) return;
    left -= HEADING;
    shown[index] = 0;
    take(block, index, block.least);
  };
  const take = (block: Block, index: number, most: number): void => {
    for (let at = shown[index] ?? -1; at >= 0 && at < Math.min(most, block.rows.length); at += 1) {
      const row = block.rows[at] ?? 0;
      if (row > left) return;
      left -= row;
      shown[index] = at + 1;
    }
  };
  for (const late of [false, true]) {
    blocks.forEach((block, index) => {
      if ((block.late ?? false) === late) begin(block, index);
    });
    blocks.forEach((block, index) => take(block, index, block.rows.length));
  }
  return shown;
}

/** An instruction in at most so many lines: what is before a colon is known and goes first, then the last clauses; one clause always stands. */
export function clauses(whole: string, column: number, most: number): string {
  if (lines(whole, column) <= most) return whole;
  const text = whole.replace(/^[^：:]*[：:]\s*/, "");
  if (lines(text, column) <= most) return text;
  const pieces = text.match(/[^，、；：。,;:]+[，、；：。,;:]?\s*/g) ?? [text];
  let kept = "";
  for (const piece of pieces) {
    if (kept && lines(`${kept}${piece}…`, column) > most) break;
    kept += piece;
  }
  return `${kept.replace(/[，、；：。,;:]?\s*$/, "")}…`;
}

/** Something in a line, with its rank: 0 is the last to go. */
export interface Item {
  readonly rank: number;
  /** Its width in minutes of arc, with the gap after it. */
  readonly wide: number;
}

/** The items that fit in a line, in their order; what matters least goes first. */
export function fitting<T extends Item>(items: readonly T[], room: number): T[] {
  const kept = [...items];
  while (kept.length > 1 && kept.reduce((sum, item) => sum + item.wide, 0) > room) {
    const least = Math.max(...kept.map((item) => item.rank));
    kept.splice(kept.findLastIndex((item) => item.rank === least), 1);
  }
  return kept;
}
