// One window over the right part, or over all of the main part (FA-14).
//
// Takes: the rows of the window on show, the page that was turned to.
// Gives: rows in as many columns as fit, where one is in the list, how it goes back.
// Never: a fire hidden by it: banner and lamps stay.

import { ticking } from "../shared/clock";
import { section } from "../shared/feed/feed";
import type { WindowName } from "../shared/feed/types";
import { fill, say } from "../shared/words";
import { alarmRow } from "./alarmrow";
import { isolationsBlock, linkageBlock } from "./blocks";
import type { RowOf } from "./column";
import { HEADING, rowHeight } from "./fit";
import { pages } from "./pages";
import { choice, scene, shownRows } from "./state";
import { BACK_AFTER } from "./windows";
import { wall } from "./words";

const TITLES = { alarms: wall.alarms, actions: wall.actions, faults: wall.faults, "set-aside": wall.setAside } as const;
/** A column of a window is not narrower than this, in minutes of arc. */
const COLUMN = 390;

/** The window. */
export function Window({ window, wide, high }: { readonly window: WindowName; readonly wide: number; readonly high: number }) {
  const columns = Math.max(1, Math.floor(wide / COLUMN));
  const column = columns === 1 ? wide : wide / columns - 12;
  const rows = rowsOf(window, column);
  const all = pages(rows.map((row) => rowHeight(row.lines)), high - HEADING - 4, columns);
  const page = Math.min(choice.value.page, Math.max(0, all.length - 1));
  const counts = section("windows").value?.[window];
  return (
    <section class={`window window-${window}`}>
      <h2>
        <b>{say(TITLES[window])} {window === "set-aside" ? rows.length : (counts?.total ?? rows.length)}</b>
        {counts && counts.unacknowledged > 0 && <span class="note">{fill(wall.unacked, counts.unacknowledged)}</span>}
        {all.length > 1 && <span class="note">{fill(wall.page, page + 1, all.length)}</span>}
        <span class="more"><Back /></span>
      </h2>
      <div class="columns">
        {(all[page] ?? []).map((range, index) => (
          <ul key={index} style={{ width: `calc(${column} * var(--am))` }}>
            {rows.slice(range.from, range.to).map((row) => (
              <li key={row.key} class={`${row.className ?? ""} ${row.lines > 1 ? "two" : ""}`} style={{ height: `calc(${rowHeight(row.lines)} * var(--am))` }}>{row.row}</li>
            ))}
          </ul>
        ))}
        {rows.length === 0 && <p class="dim">{say(wall.none)}</p>}
      </div>
    </section>
  );
}

/** Actions show what was commanded as well, what is set aside its isolations. */
function rowsOf(window: WindowName, column: number): readonly RowOf[] {
  const rows = shownRows.value[window].map((alarm, index) => alarmRow(alarm, index, column));
  if (window === "actions") return [...(linkageBlock(column, 0)?.rows ?? []), ...rows];
  if (window === "set-aside") return [...(isolationsBlock(column, 0)?.rows ?? []), ...rows];
  return rows;
}

function Back() {
  if (scene.value !== "alarm") return <>{say(wall.backToAuto)}</>;
  const left = Math.max(0, Math.ceil((choice.value.at + BACK_AFTER - ticking.value) / 1000));
  return <>{fill(wall.backIn, left)}</>;
}
