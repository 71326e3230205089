// The head of the page: what is shown, and the buttons.
//
// Takes: the view.
// Gives: the bar of the past, ranges, comparison, export, print.
// Never: a past that could be taken for the present.

import { useSignal } from "@preact/signals";
import { fill, language, say, tell } from "../shared/words";
import { Switches } from "../shared/switches";
import { Symbol } from "../shared/symbol";
import { now } from "../shared/clock";
import { age } from "../shared/format";
import { MOST_POINTS, daysOf } from "./address";
import type { Compare } from "./address";
import { exportHref } from "./api";
import { choosing } from "./chooser";
import { spanOf } from "./gestures";
import { SPANS, panned, spanned, zoomed } from "./range";
import { compare, form, infos, loading, picture, points, show, view } from "./store";
import { daysBefore, shortAt } from "./zone";
import { trendWords as words } from "./words";

/** The title and the ranges. */
export function Head() {
  const only = infos.value.length === 1 ? infos.value[0] : null;
  const span = spanOf();
  // The view is read so that the pressed button follows it.
  void view.value;
  return (
    <header class="head">
      <div class="what">
        {points.value.length > 0 && <p class="dim">{only ? `${tell(only.place.text)} ${tell(only.device_name)}` : say(words.title)}</p>}
        <h1>{only ? tell(only.name) : points.value.length === 0 ? say(words.title) : fill(words.several, points.value.length)}</h1>
      </div>
      <button type="button" class={points.value.length === 0 ? "go" : ""} aria-expanded={choosing.value} onClick={() => { choosing.value = !choosing.value; }}>{say(words.choose)} <span class="faint">{points.value.length}/{MOST_POINTS}</span></button>
      <div class="group" role="group" aria-label={say(words.range)}>
        {(Object.keys(SPANS) as (keyof typeof SPANS)[]).map((name) => (
          <button key={name} type="button" aria-pressed={Math.abs(span - SPANS[name]) < SPANS[name] / 1000} onClick={() => show(spanned(view.value, SPANS[name], now()))}>{say(words[name])}</button>
        ))}
      </div>
      <div class="group">
        <button type="button" aria-label={say(words.earlier)} onClick={() => show(panned(view.value, -0.5, now()))}>←</button>
        <button type="button" aria-label={say(words.later)} onClick={() => show(panned(view.value, 0.5, now()))}>→</button>
        <button type="button" aria-label={say(words.closer)} onClick={() => show(zoomed(view.value, 0.5, null, now()))}>+</button>
        <button type="button" aria-label={say(words.wider)} onClick={() => show(zoomed(view.value, 2, null, now()))}>−</button>
      </div>
      <div class="group" role="group">
        <button type="button" aria-pressed={form.value === "charts"} onClick={() => { form.value = "charts"; }}>{say(words.charts)}</button>
        <button type="button" aria-pressed={form.value === "table"} onClick={() => { form.value = "table"; }}>{say(words.table)}</button>
      </div>
      <select class="compare" aria-label={say(words.compare)} value={compare.value} onChange={(event) => { compare.value = event.currentTarget.value as Compare; }}>
        <option value="none">{say(words.compareNone)}</option>
        <option value="day">{say(words.compareDay)}</option>
        <option value="week">{say(words.compareWeek)}</option>
      </select>
      <Export />
      <button type="button" onClick={() => print()}>{say(words.print)}</button>
    </header>
  );
}

function Export() {
  const open = useSignal(false);
  const held = picture.value;
  const named = typeof document !== "undefined" && document.body.dataset.user !== undefined;
  const ids = held?.infos.map((info) => info.point) ?? [];
  const days = daysOf(compare.value);
  const kinds = held ? [
    { name: words.exportShown, range: held.range, pixels: held.pixels },
    ...(held.before ? [{ name: words.exportBefore, range: { from: daysBefore(held.range.from, days), to: daysBefore(held.range.to, days) }, pixels: held.pixels }] : []),
    { name: words.exportAll, range: held.range, pixels: null },
  ] : [];
  return (
    <div class="menu" onKeyDown={(event) => { if (event.key === "Escape") open.value = false; }}>
      <button type="button" aria-expanded={open.value} aria-disabled={!held} onClick={() => { if (held) open.value = !open.value; }}>{say(words.exportAs)}</button>
      {open.value && held ? (
        <div class="sheet">
          {named ? kinds.map(({ name, range, pixels }) => (
            <p key={name[1]}>{say(name)}
              {(["csv", "xlsx", "json"] as const).map((format) => (
                <a key={format} class="button" download href={exportHref(ids, range, pixels, format, language)} data-export={`${pixels === null ? "all" : "shown"}-${format}`} onClick={() => { open.value = false; }}>{format.toUpperCase()}</a>
              ))}
            </p>
          )) : <p>{say(words.exportLogin)} <a class="button" href="/login">→</a></p>}
        </div>
      ) : null}
    </div>
  );
}

/** Live or past: a bar of its own, so that nobody takes one for the other. */
export function Stretch() {
  const held = view.value;
  if (held.kind === "live") {
    return <section class="stretch live" aria-label={say(words.range)}><Symbol name="normal" tone="ok" /> <b>{fill(words.liveSince, age(held.span))}</b>{loading.value ? <span class="faint">{say(words.loading)}</span> : null} <Switches /></section>;
  }
  const at = now();
  return (
    <section class="stretch past" aria-label={say(words.range)}>
      <Symbol name="eye" />
      <b>{say(words.history)}</b> <span>{fill(words.fromTo, shortAt(held.from, at), shortAt(held.to, at))}</span>
      {loading.value ? <span class="faint">{say(words.loading)}</span> : null}
      <button type="button" class="small" onClick={() => show({ kind: "live", span: spanOf() })}>{say(words.toLive)}</button>
      <Switches />
    </section>
  );
}
