// One row of a window: its number or symbol, where it is, how long ago.
//
// Takes: an alarm, the width of the column.
// Gives: the row and how many lines it takes.
// Never: a place cut off while a second line is free.

import { arrivalOf } from "../shared/arrival";
import { ticking } from "../shared/clock";
import type { Alarm } from "../shared/feed/types";
import { age, millis } from "../shared/format";
import { Symbol } from "../shared/symbol";
import { tell } from "../shared/words";
import type { RowOf } from "./column";
import { lines, width, within } from "./fit";
import { isOwed } from "./rows";
import { rowText } from "./sign";
import { toneOf } from "./tone";

/** Size of text in a row, what stands beside it, and an age, in minutes of arc. */
const TEXT = 22;
const BESIDE = 40;
const AGE = 52;

/** Lines of one row at most; the place stands first in it. */
const MOST = 3;

/** What people run for has a tile, the same as on the plan. */
const RUN_FOR: readonly string[] = ["fire", "discharge", "gas", "emergency"];

function hasTile(alarm: Alarm): boolean {
  return RUN_FOR.includes(alarm.shown.counted_as) && alarm.arrival !== undefined;
}

/** The row of an alarm in a column `wide` minutes of arc; null is the place of one that is gone. */
export function alarmRow(alarm: Alarm | null, index: number, wide: number): RowOf {
  if (!alarm) return { key: `gone-${index}`, lines: 1, row: <span class="dim">–</span>, className: "gone" };
  const tile = hasTile(alarm);
  const whole = [rowText(alarm, tell), tile && alarm.category === "fire" ? "" : tell(alarm.shown.category_text)].filter(Boolean).join(" ");
  // Three figures make a tile wider.
  const room = wide - BESIDE - (tile && (arrivalOf(alarm) ?? "").length > 2 ? 12 : 0);
  const one = width(whole) * TEXT <= room;
  const column = (room - AGE / 2) / TEXT;
  const text = one ? whole : within(whole, column, MOST);
  // In one line the place goes before the age; in two there is room for both.
  const aged = !one || width(text) * TEXT + AGE <= room;
  return {
    key: alarm.id,
    lines: one ? 1 : Math.min(MOST, lines(text, column)),
    className: `alarm ${isOwed(alarm) ? "new" : ""} ${alarm.first ? "first" : ""} ${alarm.source === "unknown" ? "hatched" : ""}`,
    row: <Row alarm={alarm} text={text} aged={aged} tile={tile} />,
  };
}

function Row({ alarm, text, aged, tile }: { readonly alarm: Alarm; readonly text: string; readonly aged: boolean; readonly tile: boolean }) {
  const set = alarm.shown.tags.filter((tag) => tag.key === "isolated");
  return (
    <>
      {tile ? (
        <span class={`tile ${isOwed(alarm) ? "new" : ""} ${alarm.first ? "ringed" : ""}`}>{arrivalOf(alarm)}</span>
      ) : (
        <span class="mark"><Symbol name={alarm.shown.symbol} tone={toneOf(alarm.shown.counted_as)} /></span>
      )}
      <p class="text">{aged && <Age since={alarm.raised_at} />}{text}{set.map((tag) => <em key={tag.key}> {tell(tag.text)}</em>)}</p>
    </>
  );
}

function Age({ since }: { readonly since: string }) {
  return <time>{age(ticking.value - millis(since))}</time>;
}
