// What the chosen device is asked, as it is now, and the last requests that failed.
//
// Takes: its study and its troubles.
// Gives: two tables.
// Never: a failure without what to look at first.

import { ticking } from "../shared/clock";
import { dataAge, dayClock } from "../shared/format";
import { fill, say, tell } from "../shared/words";
import { ageOf } from "./model";
import { detailAt } from "./store";
import type { Detail, Request } from "./types";
import { paces, standings, texts } from "./words";

function Asked({ request }: { readonly request: Request }) {
  void ticking.value;
  const age = ageOf(request, performance.now() - detailAt.value);
  const many = request.points.reduce((sum, [, count]) => sum + count, 0);
  const last = request.start + request.count - 1;
  return (
    <tr class={["refused", "late", "probed", "unread"].includes(request.standing) ? "hatched" : ""}>
      <td data-label={say(texts.table)}>{request.table} <span class="min dim">F{request.function}</span></td>
      <td class="mono" data-label={say(texts.range)}>{request.start}{request.count > 1 ? `-${last}` : ""} <span class="min dim">x{request.count}</span></td>
      <td class="min" data-label={say(texts.every)}>{say(paces[request.pace as keyof typeof paces])} {dataAge(request.every_s * 1000)}</td>
      <td class="min num" data-label={say(texts.lastAge)}>{age === null ? "" : dataAge(age)}</td>
      <td class="min num" data-label={say(texts.lastTrip)}>{request.round_trip_ms === null ? "" : `${request.round_trip_ms.toFixed(1)} ms`}</td>
      <td class="min num" data-label={say(texts.brings)}>{many || ""}</td>
      <td class="min" data-label={say(texts.standing)}>{say(standings[request.standing])}</td>
    </tr>
  );
}

/** What is asked. */
export function Plan({ device }: { readonly device: Detail }) {
  const head = [texts.table, texts.range, texts.every, texts.lastAge, texts.lastTrip, texts.brings, texts.standing];
  const requests = device.study?.requests ?? [];
  return (
    <section class="part">
      <h3>{say(texts.plan)} <span class="dim">{requests.length || ""}</span></h3>
      {!device.study && <p class="dim">{say(device.asked ? texts.noPlan : texts.reports)}</p>}
      {device.study?.split && <p>{say(texts.split)}</p>}
      {requests.length > 0 && (
        <table class="grid">
          <thead><tr>{head.map((text) => <th scope="col" key={text[1]}>{say(text)}</th>)}</tr></thead>
          <tbody>{requests.map((request) => <Asked key={`${request.table} ${request.start} ${request.pace} ${request.standing === "memory"}`} request={request} />)}</tbody>
        </table>
      )}
    </section>
  );
}

/** What failed. */
export function Troubles({ device }: { readonly device: Detail }) {
  const now = ticking.value;
  return (
    <section class="part">
      <h3>{say(texts.errors)} <span class="dim">{device.troubles.length || ""}</span></h3>
      {device.troubles.length === 0 && <p class="dim">{say(texts.noErrors)}</p>}
      <ol class="troubles">
        {device.troubles.map((trouble) => (
          <li key={`${trouble.function} ${trouble.start} ${trouble.count} ${trouble.what.en}`}>
            <p><b>{tell(trouble.what)}</b> <span class="min dim">{fill(texts.asked, trouble.function, trouble.start, trouble.count)}</span></p>
            <p>{tell(trouble.next)}</p>
            <p class="min dim">{dayClock(trouble.last, now)} {trouble.times > 1 && <>· {fill(texts.times, trouble.times)} · {fill(texts.since, dayClock(trouble.first, now))}</>}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}
