// A column of blocks, each a heading and rows, cut to what fits.
//
// Takes: blocks in the order of what matters, the height there is.
// Gives: the blocks with the rows that fit, and how many did not.
// Never: smaller type, and never a row that is cut in two.

import type { ComponentChildren, JSX } from "preact";
import { rowHeight, share } from "./fit";
import { fill } from "../shared/words";
import { wall } from "./words";

/** One row, and how many lines it takes. */
export interface RowOf {
  readonly key: string;
  readonly lines: number;
  readonly row: ComponentChildren;
  readonly className?: string;
}

/** One block of a column. */
export interface BlockOf {
  readonly key: string;
  readonly title: ComponentChildren;
  /** What stands behind the title. */
  readonly note?: ComponentChildren;
  readonly rows: readonly RowOf[];
  /** Rows it gets before the blocks after it get more than theirs. */
  readonly least: number;
  /** Its heading tells something by itself. */
  readonly bare?: boolean;
  /** It begins only where the others leave room. */
  readonly late?: boolean;
  /** A row that is there whatever fits: it takes the place of the last one that would. */
  readonly last?: RowOf;
  /** What does not fit is not counted: it is said elsewhere too. */
  readonly quiet?: boolean;
  /** Things that have no row at all; counted as not shown. */
  readonly beyond?: number;
}

/** A column of so many minutes of arc. */
export function Column({ height, blocks }: { readonly height: number; readonly blocks: readonly BlockOf[] }): JSX.Element {
  const counts = share(height, blocks.map((block) => ({ least: block.least, bare: block.bare ?? false, late: block.late ?? false, rows: block.rows.map((row) => rowHeight(row.lines)) })));
  return (
    <>
      {blocks.map((block, index) => {
        const shown = counts[index] ?? -1;
        if (shown < 0) return null;
        const rows = withLast(block, shown);
        const hidden = block.rows.length - rows.length + (block.beyond ?? 0);
        return (
          <section class={`block block-${block.key}`} key={block.key}>
            <h2><b>{block.title}</b>{block.note && <span class="note">{block.note}</span>}{hidden > 0 && shown > 0 && !block.quiet && <span class="more">{fill(wall.more, hidden)}</span>}</h2>
            <ul>
              {rows.map((row) => (
                <li key={row.key} class={`${row.className ?? ""} ${row === block.last ? "latest" : ""} ${row.lines > 1 ? "two" : ""}`} style={{ height: `calc(${rowHeight(row.lines)} * var(--am))` }}>{row.row}</li>
              ))}
            </ul>
          </section>
        );
      })}
    </>
  );
}

/** The rows that are shown: the last one stands in for as many as it takes the room of. */
export function withLast(block: BlockOf, shown: number): readonly RowOf[] {
  const { rows, last } = block;
  const all = shown === rows.length && !block.beyond;
  if (!last || all || shown < 2 || rows.slice(0, shown).some((row) => row.key === last.key)) return rows.slice(0, shown);
  let kept = shown;
  let free = 0;
  while (kept > 1 && free < last.lines) {
    kept -= 1;
    free += rows[kept]?.lines ?? 0;
  }
  return free < last.lines ? rows.slice(0, shown) : [...rows.slice(0, kept), last];
}
