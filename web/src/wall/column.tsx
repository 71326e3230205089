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
  /** What does not fit is not counted: it is said elsewhere too. */
  readonly quiet?: boolean;
  /** Things that have no row at all; counted as not shown. */
  readonly beyond?: number;
}

/** A column of so many minutes of arc. */
export function Column({ height, blocks }: { readonly height: number; readonly blocks: readonly BlockOf[] }): JSX.Element {
  const counts = share(height, blocks.map((block) => ({ least: block.least, bare: block.bare ?? false, rows: block.rows.map((row) => rowHeight(row.lines)) })));
  return (
    <>
      {blocks.map((block, index) => {
        const shown = counts[index] ?? -1;
        if (shown < 0) return null;
        const hidden = block.rows.length - shown + (block.beyond ?? 0);
        return (
          <section class={`block block-${block.key}`} key={block.key}>
            <h2><b>{block.title}</b>{block.note && <span class="note">{block.note}</span>}{hidden > 0 && shown > 0 && !block.quiet && <span class="more">{fill(wall.more, hidden)}</span>}</h2>
            <ul>
              {block.rows.slice(0, shown).map((row) => (
                <li key={row.key} class={`${row.className ?? ""} ${row.lines > 1 ? "two" : ""}`} style={{ height: `calc(${rowHeight(row.lines)} * var(--am))` }}>{row.row}</li>
              ))}
            </ul>
          </section>
        );
      })}
    </>
  );
}
