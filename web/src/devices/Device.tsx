// The right side: the chosen device.
//
// Takes: the list at once, then what its bus says of it.
// Gives: head, failures, values, states, request plan.
// Never: the head of one device over the values of another.

import { ticking } from "../shared/clock";
import { dayClock } from "../shared/format";
import { fill, say, tell } from "../shared/words";
import { Identify } from "./Identify";
import { Mark, stateWord } from "./marks";
import { Overview } from "./Overview";
import { Plan, Troubles } from "./Plan";
import { choose, chosen, detail, devices, points } from "./store";
import type { Detail, Device as Listed } from "./types";
import { texts } from "./words";
import { Values } from "./Values";

function Head({ device, whole }: { readonly device: Listed; readonly whole: Detail | null }) {
  const place = tell(device.place.text) || [device.place.building, device.place.floor].filter(Boolean).join(" ");
  return (
    <header class={device.state === "answers" || device.state === "partly" ? "head" : "head hatched"}>
      <h2><Mark state={device.state} /> {tell(device.name)}</h2>
      <p>
        <b>{stateWord(device)}</b> <span class="dim">{fill(texts.since, dayClock(device.since, ticking.value))}</span>
        {tell(device.reason) && <> · {tell(device.reason)}</>}
      </p>
      <p class="dim">{[place, device.unit > 0 && fill(texts.unit, device.unit), device.bus, device.profile, whole && `${whole.vendor} ${whole.model}`].filter(Boolean).join(" · ")}</p>
      <p class="dim min">
        {device.round_trip_ms !== null && <>{fill(texts.roundTrip, device.round_trip_ms.toFixed(1))} · </>}
        {fill(texts.inARow, device.good_in_a_row)} · {fill(texts.endings, device.answers, device.exceptions, device.timeouts, device.malformed)}
      </p>
      {whole?.study?.given_up && <p>{say(texts.givenUp)}</p>}
      {whole?.study?.stranger && <p><b>{say(texts.stranger)}</b> {tell(whole.study.stranger)}</p>}
      {whole && whole.alarms.length > 0 && (
        <ul class="alarms">{whole.alarms.slice(0, 6).map((alarm) => <li key={alarm.id}><a href={`/alarm/${alarm.id}`}>{tell(alarm.name)}</a></li>)}</ul>
      )}
    </header>
  );
}

function Statuses({ device }: { readonly device: Detail }) {
  if (device.statuses.length === 0) return null;
  return (
    <section class="part">
      <h3>{say(texts.statuses)}</h3>
      <ul class="statuses">
        {device.statuses.map((status) => (
          <li key={status.id} class={status.value === null ? "hatched" : status.normal !== null && status.normal !== status.value ? "odd" : ""}>
            {tell(status.name) || status.id} <b>{status.value === null ? "?" : say(status.value ? texts.on : texts.off)}</b>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** So many points are readable on one chart. */
const AT_ONCE = 6;

/** The chosen device; where none is, what to look at first. */
export function Device() {
  const listed = devices.value?.find((device) => device.id === chosen.value);
  if (!listed) return <Overview />;
  const whole = detail.value?.id === listed.id ? detail.value : null;
  const measured = points.value.map((point) => point.value).filter((point) => point.u !== "" && point.point.startsWith(`${listed.id}/`));
  return (
    <main class="detail" id="detail" tabIndex={-1} key={listed.id}>
      <button type="button" class="back" onClick={() => choose(null)}>{say(texts.back)}</button>
      <Head device={listed} whole={whole} />
      {whole?.asked && <Identify id={listed.id} />}
      {measured.length > 0 && <p class="links"><a class="button" href={`/trends?points=${measured.slice(0, AT_ONCE).map((point) => point.point).join(",")}`}>{say(texts.trends)}</a></p>}
      {whole && (listed.state !== "answers" || whole.troubles.length > 0) && <Troubles device={whole} />}
      <Values />
      {whole && <Statuses device={whole} />}
      {whole && <Plan device={whole} />}
      {whole && listed.state === "answers" && whole.troubles.length === 0 && <Troubles device={whole} />}
    </main>
  );
}
