// The figure: flags of what happened, panes, lanes, the axis of time, and one cursor through all of them.
//
// Takes: the picture.
// Gives: everything on one axis of time; what a screen reader says of it.
// Never: a picture that only the eye can read: its words and the table say the same.

import { useEffect, useRef } from "preact/hooks";
import { say, tell } from "../shared/words";
import { Symbol } from "../shared/symbol";
import { now } from "../shared/clock";
import type { PointInfo } from "./api";
import { eventsOf, symbolTone } from "./happened";
import { Lane } from "./lanes";
import { MARGIN, Pane, placeOf, ticksIn } from "./pane";
import type { Line } from "./paint";
import { dragged, pressed, watch } from "./gestures";
import { axes, cursor, loading } from "./store";
import type { Picture } from "./store";
import { spoken } from "./spoken";
import { timeTicks } from "./ticks";
import { instantOf, offsetAt } from "./zone";
import { trendWords as words } from "./words";

const ZONE = { offsetAt: (at: number) => offsetAt(at), instantOf: (local: number) => instantOf(local) };
/** Flags nearer than this many pixels stand as one. */
const APART = 250;
/** Half the width of a label with its date, less the margin. */
const EDGE = 36;

/** Panes: the measured points by their units, in the order in which they were chosen. */
export function panesOf(picture: Picture): { readonly unit: string; readonly lines: readonly (Line & { readonly info: PointInfo })[] }[] {
  const panes = new Map<string, (Line & { readonly info: PointInfo })[]>();
  picture.infos.forEach((info, index) => {
    const drawn = picture.drawn.get(info.point);
    if (!drawn) return;
    const line = { info, index, point: info.point, drawn, before: picture.before?.drawn.get(info.point) ?? null, limits: info.limits ?? [] };
    panes.set(info.unit, [...(panes.get(info.unit) ?? []), line]);
  });
  return [...panes].map(([unit, lines]) => ({ unit, lines }));
}

/** Room for the numbers to the left of the field. */
function gutterOf(width: number): number {
  return width < 600 ? 52 : 76;
}

/** Columns that a figure of this width has room for. */
export function columnsIn(width: number): number {
  return Math.max(100, Math.min(2048, Math.round(width - gutterOf(width) - MARGIN)));
}

/** The figure. */
export function Figure({ picture, width }: { readonly picture: Picture; readonly width: number }) {
  const field = useRef<HTMLDivElement>(null);
  useEffect(() => (field.current ? watch(field.current) : undefined), []);
  const gutter = gutterOf(width);
  const wide = Math.max(100, width - gutter - MARGIN);
  const panes = panesOf(picture);
  const tall = Math.max(180, Math.min(600, Math.round((innerHeight * (width < 600 ? 0.36 : 0.58)) / Math.max(1, panes.length))));
  const keys = (event: KeyboardEvent): void => {
    if (pressed(event)) event.preventDefault();
  };
  return (
    <figure class={`figure ${loading.value ? "awaiting" : ""}`} tabIndex={0} onKeyDown={keys} role="group" aria-label={spoken(picture)} aria-describedby="trend-keys"
      style={{ "--gutter": `${gutter}px`, "--margin": `${MARGIN}px` }}>
      <Flags picture={picture} width={wide} />
      <div class="stack">
        {panes.map(({ unit, lines }) => (
          <div class="pane-row" key={unit}>
            <p class="unit">{unit || say(words.value)}</p>
            <Pane unit={unit} lines={lines} marks={picture.marks} width={width} height={tall} gutter={gutter} />
            <Limits lines={lines} height={tall} />
          </div>
        ))}
        {picture.infos.map((info, index) => {
          const lane = picture.lanes.get(info.point);
          return lane ? <Lane key={info.point} info={info} index={index} stretches={lane.stretches} cut={lane.cut} range={axes.value} width={wide} /> : null;
        })}
        <TimeAxis width={wide} />
        <div class="field" ref={field}><Overlay /></div>
      </div>
      <p id="trend-keys" class="keys min faint">{say(words.keys)}</p>
    </figure>
  );
}

/** Where an instant is across the field, in hundredths; null outside. */
function share(at: number): number | null {
  const { from, to } = axes.value;
  const part = ((at - from) / (to - from)) * 100;
  return part >= 0 && part <= 100 ? part : null;
}

function Overlay() {
  const at = cursor.value;
  const place = at === null ? null : share(at);
  const held = dragged.value;
  const [from, to] = [held && share(held.from), held && share(held.to)];
  return (
    <>
      {place === null ? null : <i class="cursor" style={{ left: `${place}%` }} />}
      {typeof from === "number" && typeof to === "number" ? <i class="dragged" style={{ left: `${from}%`, width: `${to - from}%` }} /> : null}
    </>
  );
}

function TimeAxis({ width }: { readonly width: number }) {
  return (
    <ol class="time-axis" aria-hidden="true">
      {timeTicks(axes.value, ticksIn(width), ZONE).map(({ at, label }) => {
        const part = share(at) ?? 0;
        // A label that would stand out of the page ends at its mark.
        return <li key={at} class={((100 - part) / 100) * width < EDGE ? "last" : ""} style={{ left: `${part}%` }}>{label}</li>;
      })}
    </ol>
  );
}

/** What happened, above the panes: each leads to where more of it stands. Those that would cover each other are counted. */
function Flags({ picture, width }: { readonly picture: Picture; readonly width: number }) {
  const flags: { at: number; part: number; more: number; event: ReturnType<typeof eventsOf>[number] }[] = [];
  for (const event of eventsOf(picture.marks)) {
    // What began before the range flies its flag where the range begins.
    const at = Math.max(event.from, axes.value.from);
    const part = share(at);
    if (part === null || (event.to ?? now()) < axes.value.from) continue;
    const before = flags.at(-1);
    if (before && ((part - before.part) / 100) * width < APART) before.more += 1;
    else flags.push({ at, part, more: 0, event });
  }
  return (
    <ol class="flags">
      {flags.map(({ part, more, event }) => (
        <li key={`${event.id} ${event.from}`} class={event.tone} style={part > 75 ? { right: `${100 - part}%` } : { left: `${part}%` }}>
          <Symbol name={event.symbol} tone={symbolTone(event)} />
          {event.href ? <a href={event.href}>{event.text}</a> : <span>{event.text}</span>}
          {more > 0 ? <b> +{more}</b> : null}
        </li>
      ))}
    </ol>
  );
}

/** The names of limits, each above its line. */
function Limits({ lines, height }: { readonly lines: readonly (Line & { readonly info: PointInfo })[]; readonly height: number }) {
  return (
    <ul class="limits">
      {lines.flatMap((line) => line.limits).map((limit) => {
        const top = placeOf(limit.value, lines, height);
        return top === null ? null : <li key={`${limit.side} ${limit.value}`} style={{ top: `${top}px` }}>{tell(limit.name)} {limit.side === "above" ? ">" : "<"} {limit.value}</li>;
      })}
    </ul>
  );
}
