// The first alarm as a card: what to do next, who has it, everything that is known of it.
//
// Takes: the alarm that the banner speaks of, the room there is.
// Gives: a block: its place in full, the next step, who acknowledged, who was called, code and zone.
// Never: another alarm in its place.

import { arrivalOf } from "../shared/arrival";
import { now } from "../shared/clock";
import type { Alarm } from "../shared/feed/types";
import { dayClock } from "../shared/format";
import { Symbol } from "../shared/symbol";
import { fill, say, tell, words } from "../shared/words";
import type { BlockOf, RowOf } from "./column";
import { lines } from "./fit";
import { toneOf } from "./tone";
import { wall } from "./words";

/** Sizes in minutes of arc: body text, the next step, the tile or symbol beside a text. */
const BODY = 22;
const LEAD = 28;
const BESIDE = 50;

/** The card in a column of `wide` minutes of arc. */
export function firstAlarmBlock(alarm: Alarm, wide: number): BlockOf {
  const next = tell(alarm.next) || say(wall.noAdvice);
  const nextLines = lines(next, wide / LEAD);
  const advice = tell(alarm.advice);
  const facts = factsOf(alarm).join("  ");
  const rows: RowOf[] = [
    // A line of the lead takes a fifth more than one of the body.
    { key: "next", lines: nextLines + Math.ceil(nextLines / 4), className: "card-next", row: <p class="text">{next}</p> },
    { key: "who", lines: 1, className: `card-who ${alarm.ack ? "" : "owed"}`, row: <><Symbol name="person" /><p class="text">{alarm.ack ? fill(wall.ackedBy, alarm.ack.by, time(alarm.ack.at)) : say(wall.notAcked)}</p></> },
    { key: "place", lines: Math.max(2, lines(tell(alarm.shown.head), (wide - BESIDE) / BODY)), className: "card-place", row: <><Mark alarm={alarm} /><p class="text">{tell(alarm.shown.head)}</p></> },
    ...(alarm.calls ?? []).slice(-2).map((call): RowOf => ({ key: call.at, lines: 1, row: <><Symbol name="sound" /><p class="text">{fill(wall.called, call.called, time(call.at))}</p></> })),
    { key: "facts", lines: lines(facts, wide / BODY), className: "card-facts", row: <p class="text">{factsOf(alarm).map((fact) => <span key={fact}>{fact}</span>)}</p> },
  ];
  if (advice) rows.splice(2, 0, { key: "advice", lines: lines(advice, wide / BODY), row: <p class="text">{advice}</p> });
  return { key: "first-alarm", title: say(wall.next), quiet: true, rows, least: rows.length };
}

function Mark({ alarm }: { readonly alarm: Alarm }) {
  const number = arrivalOf(alarm);
  if (number !== null && alarm.category === "fire") return <span class="tile ringed">{number}</span>;
  return <Symbol name={alarm.shown.symbol} tone={toneOf(alarm.shown.counted_as)} />;
}

const time = (text: string): string => dayClock(text, now());

function factsOf(alarm: Alarm): string[] {
  const code = alarm.code ? fill(wall.code, alarm.type ? `${alarm.code}/${alarm.type}` : alarm.code) : "";
  const zone = alarm.place.zone ? fill(words.zone, alarm.place.zone) : "";
  return [tell(alarm.shown.left), code, zone, tell(alarm.shown.source_text), alarm.incident ? tell(alarm.shown.verdict_text) : ""].filter(Boolean);
}
