// Before a device is chosen: what whoever brings devices on line wants to know first.
//
// Takes: devices and buses of the store.
// Gives: what gives nothing with its reason, what lacks points, every bus with its use, what failed of late.
// Never: an empty place that looks as if nothing were wrong: each part says in words that it has nothing.

import type { ComponentChildren } from "preact";
import { ticking } from "../shared/clock";
import { dataAge, dayClock } from "../shared/format";
import { fill, say, tell } from "../shared/words";
import type { Phrase } from "../shared/words";
import { Mark, stateWord } from "./marks";
import { firstThings, isAsked, reached } from "./model";
import { buses, choose, devices } from "./store";
import type { Bus, Device } from "./types";
import { paces, texts } from "./words";

/** Rows of one part; the others are in the list on the left. */
const ROWS = 12;

function Who({ device }: { readonly device: Device }) {
  return <th scope="row"><button type="button" class="plain to" onClick={() => choose(device.id)}><Mark state={device.state} /> <b>{tell(device.name)}</b></button> <span class="min dim">{device.bus}{device.unit > 0 ? `:${device.unit}` : ""}</span></th>;
}

/** Why, in the words of the link; then the last request that failed, and what to look at. */
function Why({ device }: { readonly device: Device }) {
  const trouble = device.last_trouble;
  const reason = tell(device.reason);
  return (
    <td class="why" data-label={say(texts.lookAt)}>
      {reason && <b>{reason}</b>} {trouble && <span>{reason.includes(tell(trouble.what)) ? "" : `${tell(trouble.what)} `}<span class="min dim">{fill(texts.asked, trouble.function, trouble.start, trouble.count)}</span></span>}
      {trouble && <p>{tell(trouble.next)}</p>}
    </td>
  );
}

interface PartProps {
  readonly title: Phrase;
  readonly none: Phrase;
  readonly head: readonly Phrase[];
  readonly all: readonly Device[];
  readonly row: (device: Device) => ComponentChildren;
}

function Part({ title, none, head, all, row }: PartProps) {
  return (
    <section class="part">
      <h3>{say(title)} <span class="dim">{all.length || ""}</span></h3>
      {all.length === 0 ? <p class="dim">{say(none)}</p> : (
        <table class="grid">
          <thead><tr>{head.map((text) => <th scope="col" key={text[1]}>{say(text)}</th>)}</tr></thead>
          <tbody>{all.slice(0, ROWS).map((device) => <tr key={device.id} class={device.state === "answers" ? "" : "hatched"}>{row(device)}</tr>)}</tbody>
        </table>
      )}
      {all.length > ROWS && <p class="dim">{fill(texts.andMore, all.length - ROWS)}</p>}
    </section>
  );
}

function BusRow({ bus }: { readonly bus: Bus }) {
  const oldest = Object.entries(bus.oldest ?? {});
  const asked = isAsked(bus);
  return (
    <tr class={bus.up === true ? "" : "hatched"}>
      <th scope="row"><b>{tell(bus.name)}</b> <span class="min dim">{reached(bus)}</span></th>
      <td data-label={say(texts.standing)}><b class={bus.up === false ? "bad" : ""}>{say(bus.up === true ? texts.busUp : bus.up === false ? texts.busLost : texts.busUnheard)}</b> {bus.up === false && <span class="min">{tell(bus.reason)}</span>}</td>
      <td class="num" data-label={say(texts.devicesOf)}><span class={bus.devices.answering < bus.devices.total ? "bad" : ""}>{bus.devices.answering}/{bus.devices.total}</span></td>
      <td class="num" data-label={say(texts.use)}>{asked && bus.busy !== null ? `${(bus.busy * 100).toFixed(bus.busy < 0.1 ? 1 : 0)}%` : ""}</td>
      <td class="num" data-label={say(texts.rate)}>{asked && bus.requests_per_s !== null ? fill(texts.perSecond, bus.requests_per_s.toFixed(1)) : ""}</td>
      <td class="min" data-label={say(texts.oldestRead)}>{oldest.map(([pace, { age_s: age, bound_s: bound }]) => <span key={pace} class={age > bound ? "bad pace" : "pace"}>{say(paces[pace as keyof typeof paces])} {dataAge(age * 1000)} ({dataAge(bound * 1000)})</span>)}</td>
      <td class="num min" data-label={say(texts.lostOf)}>{(bus.lost_requests ?? 0) > 0 ? bus.lost_requests : ""}</td>
      <td class="num min" data-label={say(texts.noiseOf)}>{(bus.noise_bytes ?? 0) > 0 ? <span class="bad">{fill(texts.bytes, bus.noise_bytes ?? 0)}</span> : ""}</td>
    </tr>
  );
}

const BUS_HEAD: readonly Phrase[] = [texts.bus, texts.standing, texts.devicesOf, texts.use, texts.rate, texts.oldestRead, texts.lostOf, texts.noiseOf];

/** The right side while no device is chosen. */
export function Overview() {
  const now = ticking.value;
  const all = devices.value;
  if (all === null) return <main class="detail overview" />;
  const first = firstThings(all);
  const when = (text: string | undefined): string => dayClock(text ?? null, now);
  return (
    <main class="detail overview" tabIndex={0} aria-label={say(texts.overview)}>
      <Part title={texts.silent} none={texts.noSilent} head={[texts.device, texts.standing, texts.sinceHead, texts.lookAt]} all={first.silent}
        row={(device) => <><Who device={device} /><td class="nw" data-label={say(texts.standing)}>{stateWord(device)}</td><td class="num" data-label={say(texts.sinceHead)}>{when(device.since)}</td><Why device={device} /></>} />
      <Part title={texts.partlyUnknown} none={texts.noUnknown} head={[texts.device, texts.unknownOf, texts.lookAt]} all={first.partly}
        row={(device) => <><Who device={device} /><td class="num" data-label={say(texts.unknownOf)}><b>? {device.points.unknown}/{device.points.total}</b></td><Why device={device} /></>} />
      <section class="part">
        <h3>{say(texts.allBuses)} <span class="dim">{buses.value.length}</span></h3>
        <table class="grid">
          <thead><tr>{BUS_HEAD.map((text) => <th scope="col" key={text[1]}>{say(text)}</th>)}</tr></thead>
          <tbody>{buses.value.map((bus) => <BusRow key={bus.id} bus={bus} />)}</tbody>
        </table>
      </section>
      <Part title={texts.failedOfLate} none={texts.noErrors} head={[texts.device, texts.lastAt, texts.lookAt]} all={first.failed}
        row={(device) => <><Who device={device} /><td class="num" data-label={say(texts.lastAt)}>{when(device.last_trouble?.last)}</td><Why device={device} /></>} />
    </main>
  );
}
