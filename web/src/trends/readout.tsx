// What stands at the cursor, or last, beside the figure; and what the drawing means.
//
// Takes: the picture, the cursor.
// Gives: for each point its value, least and greatest, quality or state; the same of the compared time; the legend.
// Never: a number in a gap.

import { age } from "../shared/format";
import { fill, say, tell } from "../shared/words";
import { now } from "../shared/clock";
import type { PointInfo } from "./api";
import { markOf } from "./colours";
import { toneOf } from "./happened";
import { stateText } from "./lanes";
import { numberText } from "./digits";
import { columnAt, indexAt, lastRecorded } from "./series";
import type { Drawn, Known, Stretch } from "./series";
import { compare, cursor, toggle } from "./store";
import type { Picture } from "./store";
import { daysOf } from "./address";
import { shown } from "./ticks";
import { clockAt, daysBefore, fullAt, offsetText, zoneName } from "./zone";
import { trendWords as words } from "./words";

/** The word of how much was known. */
export function knownText(known: Known): string {
  return say({ good: words.good, partly: words.partly, unknown: words.unknown, none: words.noRecord }[known]);
}

/** The aside. */
export function Readout({ picture }: { readonly picture: Picture }) {
  const at = cursor.value ?? Math.min(picture.range.to, now());
  const days = daysOf(compare.value);
  return (
    <aside class="readout">
      <h2>{clockAt(at)}</h2>
      <p class="dim min">{fullAt(at).slice(0, 10)} · {zoneName} {offsetText(at)} · {say(cursor.value === null ? words.latest : words.atCursor)}</p>
      <dl>
        {picture.infos.map((info, index) => <Entry key={info.point} info={info} index={index} picture={picture} at={cursor.value} />)}
      </dl>
      {picture.before ? <p class="dim min">{fill(words.before, fullAt(daysBefore(at, days)))}</p> : null}
      <Legend picture={picture} />
    </aside>
  );
}

function Entry({ info, index, picture, at }: { readonly info: PointInfo; readonly index: number; readonly picture: Picture; readonly at: number | null }) {
  const mark = markOf(index);
  const drawn = picture.drawn.get(info.point);
  const lane = picture.lanes.get(info.point);
  // Without a cursor each point says what it said last: the last column may not have come yet.
  const last = at !== null ? null : drawn ? lastRecorded(drawn.columns)?.from : lane?.stretches.at(-1)?.from;
  const when = at ?? last ?? picture.range.to;
  const before = picture.before?.drawn.get(info.point);
  return (
    <div class="entry" data-point={info.point}>
      <dt>
        <b class={`letter hue-${mark.hue}`}>{mark.letter}</b>
        <span>{tell(info.name)} <small class="faint">{tell(info.device_name)}</small></span>
        <button type="button" class="small" aria-label={fill(words.remove, tell(info.name))} onClick={() => toggle(info.point)}>×</button>
      </dt>
      {drawn ? <Numbers drawn={drawn} at={when} unit={info.unit} /> : null}
      {before ? <Numbers drawn={before} at={when} unit={info.unit} kind="earlier" /> : null}
      {lane ? <dd><b>{stateOf(info, lane.stretches, when)}</b></dd> : null}
    </div>
  );
}

function stateOf(info: PointInfo, stretches: readonly Stretch[], at: number): string {
  const stretch = stretches[indexAt(stretches, at)];
  return stretch && stretch.from <= at && at <= stretch.to ? stateText(info, stretch) : say(words.noRecord);
}

function Numbers({ drawn, at, unit, kind = "" }: { readonly drawn: Drawn; readonly at: number; readonly unit: string; readonly kind?: string }) {
  const column = columnAt(drawn.columns, at);
  const value = column && numberText(drawn, column);
  const text = (number: number | null | undefined): string => (number === null || number === undefined ? "—" : shown(number));
  const known = column?.known ?? "none";
  if (known === "unknown" || known === "none") return <dd class={`${kind} ${known === "unknown" ? "lost hatched" : "faint"}`}>{knownText(known)}</dd>;
  return (
    <dd class={kind}>
      <b>{value ?? "—"}</b> {unit}
      <span class="spread"> {say(words.least)} {text(column?.min)} · {say(words.most)} {text(column?.max)}</span>
      {known === "partly" ? <span class="lost"> {knownText(known)}</span> : null}
    </dd>
  );
}

function Legend({ picture }: { readonly picture: Picture }) {
  const step = [...picture.drawn.values()][0]?.step;
  const { marks } = picture;
  const aside = marks.isolations.length + marks.tests.length + marks.drills.length > 0;
  return (
    <ul class="legend min" aria-label={say(words.legend)}>
      {picture.drawn.size > 0 ? <li><i class="l-line" />{step ? fill(words.keyMean, age(step)) : say(words.keyValue)}</li> : null}
      {picture.drawn.size > 0 ? <li><i class="l-band" />{say(words.keyBand)}</li> : null}
      {picture.before ? <li><i class="l-before" />{say(words.keyBefore)}</li> : null}
      {picture.infos.some((info) => (info.limits ?? []).length > 0) ? <li><i class="l-limit" />{say(words.keyLimit)}</li> : null}
      <li><i class="l-gap hatched" />{say(words.keyGap)}</li>
      {marks.incidents.length > 0 ? <li><i class="l-fire" />{say(words.keyFire)}</li> : null}
      {marks.alarms.some((alarm) => toneOf(alarm.category) === "fault") ? <li><i class="l-alarm" />{say(words.keyAlarm)}</li> : null}
      {aside ? <li><i class="l-dis disabled" />{say(words.keyTest)}</li> : null}
    </ul>
  );
}
