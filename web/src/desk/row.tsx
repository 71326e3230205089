// One alarm as one row, as the gateway words it.
//
// Takes: an alarm, its place in the list.
// Gives: a row of the grid.
// Never: shortens the place before everything else gave way.

import { arrivalOf } from "../shared/arrival";
import { ticking } from "../shared/clock";
import type { Alarm } from "../shared/feed/types";
import { age, dayClock, millis } from "../shared/format";
import { Symbol } from "../shared/symbol";
import { say, tell } from "../shared/words";
import { isOwed } from "./order";
import { isJudged } from "./faces";
import { words } from "./words";

/** The tone of a symbol by the category an alarm counts as. */
export function toneOf(alarm: Alarm): string {
  switch (alarm.shown.counted_as) {
    case "fire": case "discharge": case "gas": case "emergency": return "fire";
    case "supervisory": case "prealarm": return "sup";
    case "start": case "feedback": case "delay": return "act";
    case "link-fault": return "lost";
    case "disabled": case "test": return "dis";
    default: return "fault";
  }
}

/** The heads of the columns. */
export function Heads() {
  const heads = [words.hStates, words.hTime, words.hAge, words.hPlace, words.hWhat, words.hCode, words.hSource, words.hAck, words.hVerdict];
  return (
    <div class="heads" role="rowgroup">
      <div class="cols" role="row">{heads.map((head, at) => <span key={at} class={`c${at}`} role="columnheader">{at === 0 ? <span class="unseen">{say(head)}</span> : say(head)}</span>)}</div>
    </div>
  );
}

/** How long ago something was; draws itself anew as time goes on. */
export function Age({ at }: { readonly at: string }) {
  return <>{age(ticking.value - millis(at))}</>;
}

interface Props {
  readonly alarm: Alarm;
  readonly open: boolean;
  readonly at: number;
  readonly top: string;
  readonly chosen: boolean;
  readonly entry: boolean;
  readonly onChoose: () => void;
}

/** One row. */
export function Row({ alarm, open, at, top, chosen, entry, onChoose }: Props) {
  const { shown } = alarm;
  const owed = open && isOwed(alarm);
  const number = arrivalOf(alarm);
  const tone = toneOf(alarm);
  const isolated = alarm.inhibit.length > 0;
  const state = open ? tell(shown.state_text) : say(words.over);
  const classes = `row cols tone-${tone} ${owed && shown.state === "new" ? "new" : ""} ${owed ? "owed" : ""} ${open ? "" : "gone"} ${alarm.source === "unknown" ? "hatched" : isolated ? "disabled" : ""}`;
  return (
    <div id={`row-${alarm.id}`} class={classes} role="row" aria-selected={chosen} aria-rowindex={at + 1} tabIndex={entry ? 0 : -1} style={{ top }}
      onClick={onChoose} onFocus={() => { if (!chosen) onChoose(); }}>
      <span class="c0" role="gridcell" title={`${tell(shown.category_text)} ${state}`}>
        {number === null ? <Symbol name={shown.symbol} tone={tone} /> : <span class={`tile ${owed ? "new" : ""}`}>{number}</span>}
        <span class="unseen">{tell(shown.category_text)} {state}</span>
      </span>
      <span class="c1" role="gridcell">{dayClock(alarm.raised_at, millis(alarm.raised_at))}</span>
      <span class="c2" role="gridcell"><Age at={alarm.raised_at} /></span>
      <span class="c3" role="gridcell"><span class="head">{tell(shown.head)}</span><span class="more">{tell(shown.left)}</span>{shown.tags.filter((tag) => tag.key !== "zone").map((tag) => <span key={tag.key} class={`tag tag-${tag.key}`}>{tell(tag.text)}</span>)}</span>
      <span class="c4" role="gridcell">{tell(shown.category_text)}</span>
      <span class="c5" role="gridcell">{alarm.code ? `${alarm.code}·${alarm.type ?? ""}` : ""}</span>
      <span class="c6" role="gridcell">{alarm.source === "unknown" ? <b>? {tell(shown.source_text)}</b> : tell(shown.source_text)}</span>
      <span class="c7" role="gridcell">{alarm.ack ? `${alarm.ack.by} ${dayClock(alarm.ack.at, ticking.peek())}` : owed ? <b>{say(words.notAcked)}</b> : <span aria-hidden="true">–</span>}</span>
      <span class="c8" role="gridcell">{isJudged(alarm) ? tell(shown.verdict_text) : <span aria-hidden="true">–</span>}</span>
    </div>
  );
}
