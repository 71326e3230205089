// One row of a window: its number or symbol, where it is, how long ago.
//
// Takes: an alarm, the width of the column.
// Gives: the row and how many lines it takes.
// Never: a place cut off while a second line is free.

import { ticking } from "../shared/clock";
import type { Alarm } from "../shared/feed/types";
import { age, millis } from "../shared/format";
import { Symbol } from "../shared/symbol";
import { tell } from "../shared/words";
import type { RowOf } from "./column";
import { lines, width } from "./fit";
import { isOwed } from "./rows";
import { rowText } from "./sign";
import { numbers } from "./state";
import { toneOf } from "./tone";

/** Size of text in a row, and what stands beside it, in minutes of arc. */
const TEXT = 22;
const BESIDE = 36;

/** The row of an alarm in a column `wide` minutes of arc; null is the place of one that is gone. */
export function alarmRow(alarm: Alarm | null, index: number, wide: number, withCategory: boolean): RowOf {
  if (!alarm) return { key: `gone-${index}`, lines: 1, row: <span class="dim">–</span>, className: "gone" };
  const text = [rowText(alarm, tell), withCategory ? tell(alarm.shown.category_text) : ""].filter(Boolean).join(" ");
  // The age floats in the first line.
  const first = (wide - BESIDE) / TEXT;
  const taken = lines(text, first) === 1 && width(text) + 2.9 > first ? 2 : lines(`${"x".repeat(5)} ${text}`, first);
  return {
    key: alarm.id,
    lines: Math.min(2, taken),
    className: `alarm ${isOwed(alarm) ? "new" : ""} ${alarm.first ? "first" : ""} ${alarm.source === "unknown" ? "hatched" : ""}`,
    row: <Row alarm={alarm} text={text} />,
  };
}

function Row({ alarm, text }: { readonly alarm: Alarm; readonly text: string }) {
  const number = numbers.value.get(alarm.id);
  const fire = alarm.category === "fire" && alarm.shown.counted_as === "fire";
  return (
    <>
      {number !== undefined && fire ? (
        <span class={`tile ${isOwed(alarm) ? "new" : ""} ${alarm.first ? "ringed" : ""}`}>{number}</span>
      ) : (
        <span class="mark"><Symbol name={alarm.shown.symbol} tone={toneOf(alarm.shown.counted_as)} />{number !== undefined && <i>{number}</i>}</span>
      )}
      <p class="text"><time>{age(ticking.value - millis(alarm.raised_at))}</time>{text}{alarm.inhibit.length > 0 && alarm.shown.tags.filter((tag) => tag.key === "isolated").map((tag) => <em key={tag.key}> {tell(tag.text)}</em>)}</p>
    </>
  );
}
