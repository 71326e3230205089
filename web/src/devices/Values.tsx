// The values of the chosen device, each with its quality, its age and the registers it was read from.
//
// Takes: the points of the store.
// Gives: a table; a value that changes draws its own row and nothing else.
// Never: a value that is unknown drawn as one; an unknown row is hatched and says why.

import { useSignal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { dataAge } from "../shared/format";
import { ticking } from "../shared/clock";
import { Symbol } from "../shared/symbol";
import { fill, language, say, tell } from "../shared/words";
import { ageOf, beyond, registers } from "./model";
import { carried, detail, detailAt, points } from "./store";
import type { Point } from "./types";
import { qualities, texts } from "./words";

/** So many rows are drawn at first: a panel has thousands. */
const AT_FIRST = 120;

function shown(point: Point): string {
  if (point.v === null) return "?";
  if (typeof point.v === "boolean") return say(point.v ? texts.on : texts.off);
  if (typeof point.v === "string") return point.v;
  return new Intl.NumberFormat(language, { maximumSignificantDigits: 7, useGrouping: false }).format(point.v);
}

function Age({ place }: { readonly place: number }) {
  // The clock moves it between two answers.
  void ticking.value;
  const age = ageOf(carried.value.get(place), performance.now() - detailAt.value);
  return <>{age === null ? "" : dataAge(age)}</>;
}

function Row({ point: held, place }: { readonly point: Signal<Point>; readonly place: number }) {
  const point = held.value;
  const open = new Set((detail.value?.alarms ?? []).map((alarm) => alarm.condition));
  const raw = registers(point, carried.value.get(place));
  const conditions = point.conditions ?? [];
  return (
    <tr class={point.q === "good" ? "" : point.q === "absent" ? "absent" : "hatched"}>
      <th scope="row">{tell(point.name)} <code class="min faint">{point.point.slice(point.point.indexOf("/") + 1)}</code></th>
      <td class="value" data-label={say(texts.value)}>{typeof point.v === "number" ? <a href={`/trends?points=${point.point}`}>{shown(point)}</a> : shown(point)} <span class="min dim">{point.v === null ? "" : point.u}</span></td>
      <td class="min nw" data-label={say(texts.quality)}>{say(qualities[point.q] ?? qualities["bad-value"])}</td>
      <td class="min num" data-label={say(texts.age)}><Age place={place} /></td>
      <td class="min mono regs" data-label={say(texts.raw)}>{raw}</td>
      <td class="min dim nw" data-label={say(texts.where)}>{point.at.table} {point.at.address} {point.at.type}{point.at.count > 1 ? ` ${point.at.order}` : ""}</td>
      <td class="min" data-label={say(texts.hangs)}>
        {conditions.map((one) => (
          <span key={one.condition} class={open.has(one.condition) ? "hangs is-open" : "hangs dim"}>
            {open.has(one.condition) && <Symbol name="bell" />}{beyond(tell(one.name), tell(point.name))}
          </span>
        ))}
      </td>
    </tr>
  );
}

/** The table of values. */
export function Values() {
  const whole = useSignal(false);
  const all = points.value;
  const rows = whole.value ? all : all.slice(0, AT_FIRST);
  const head = [texts.point, texts.value, texts.quality, texts.age, texts.raw, texts.where, texts.hangs];
  return (
    <section class="part">
      <h3>{say(texts.values)} <span class="dim">{all.length}</span></h3>
      {all.length === 0 && detail.value?.points.total === 0 && <p class="dim">{say(texts.noValues)}</p>}
      {all.length > 0 && (
        <table class="grid values">
          <thead><tr>{head.map((text) => <th scope="col" key={text[1]}>{say(text)}</th>)}</tr></thead>
          <tbody>{rows.map((point, place) => <Row key={point.peek().point} point={point} place={place} />)}</tbody>
        </table>
      )}
      {rows.length < all.length && <button type="button" onClick={() => (whole.value = true)}>{fill(texts.showAll, all.length - rows.length)}</button>}
    </section>
  );
}
