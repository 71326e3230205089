// The line on top: how the whole site stands.
//
// Takes: devices and buses.
// Gives: how many answer, which buses are lost or late, how much is unknown.
// Never: looks live when nothing was heard.

import { dataAge } from "../shared/format";
import { lost, silence } from "../shared/feed/feed";
import { Switches } from "../shared/switches";
import { fill, language, say, words } from "../shared/words";
import { buses, closed, devices, old } from "./store";
import { sums } from "./model";
import { texts } from "./words";

/** The head of the page. */
export function Health() {
  const all = devices.value;
  const sum = sums(buses.value, all ?? []);
  const well = all !== null && sum.answering === sum.total && sum.lost + sum.late + sum.unknown === 0;
  return (
    <header class={old.value ? "health hatched" : "health"}>
      <h1>{say(texts.title)}</h1>
      {all && (
        <ul class="sums" aria-live="polite">
          <li><b>{fill(texts.answering, sum.answering, sum.total)}</b></li>
          {sum.lost > 0 && <li class="bad">{fill(texts.busesLost, sum.lost)}</li>}
          {sum.late > 0 && <li class="bad">{fill(texts.busesLate, sum.late)}</li>}
          {sum.unknown > 0 && <li class="bad"><span class="q" aria-hidden="true">?</span> {fill(texts.unknownPoints, sum.unknown)}</li>}
          {well && <li class="dim">{say(texts.allRead)}</li>}
        </ul>
      )}
      <nav>
        <a href="/" lang={language}>{say(words.desk)}</a>
        {(closed.value || !document.body.dataset.user) && <a href="/login?next=/devices">{say(texts.logIn)}</a>}
        <Switches />
      </nav>
      {old.value && (
        <p class="lost-words" role="alert">
          <b>{say(words.feedLost)}</b> {lost.value && fill(words.feedLostFor, dataAge(silence.value))} {say(words.trying)}
        </p>
      )}
    </header>
  );
}
