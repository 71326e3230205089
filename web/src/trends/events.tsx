// What happened in the stretch that is shown, as rows.
//
// Takes: the picture.
// Gives: a table: from, to, what, acknowledged, reset; each row leads to the alarm, and to its place on the chart.
// Never: an end for what is not over.

import { fill, say } from "../shared/words";
import { Symbol } from "../shared/symbol";
import { now } from "../shared/clock";
import { eventsOf, symbolTone } from "./happened";
import { centred } from "./range";
import { spanOf } from "./gestures";
import { cursor, show } from "./store";
import type { Picture } from "./store";
import { shortAt } from "./zone";
import { trendWords as words } from "./words";

/** Rows that are drawn; the newest ones. */
const MOST = 200;

/** The events of the picture. */
export function Events({ picture }: { readonly picture: Picture }) {
  const all = eventsOf(picture.marks).filter((event) => event.from <= picture.range.to && (event.to ?? now()) >= picture.range.from).reverse();
  const time = (at: number | null): string => (at === null ? "" : shortAt(at, now()));
  const jump = (at: number): void => {
    show(centred(spanOf(), at, now()));
    cursor.value = at;
  };
  const hidden = Math.max(0, all.length - MOST) + picture.marks.left_out;
  return (
    <section class="events">
      <h2>{say(words.events)} {all.length}</h2>
      {all.length === 0 ? <p class="dim">{say(words.noEvents)}</p> : (
        <div class="scroll">
          <table>
            <thead><tr><td /><th>{say(words.from)}</th><th>{say(words.until)}</th><th>{say(words.event)}</th><th>{say(words.acknowledged)}</th><th>{say(words.reset)}</th><td /></tr></thead>
            <tbody>
              {all.slice(0, MOST).map((event) => (
                <tr key={`${event.id} ${event.from}`} data-event={event.id}>
                  <td><Symbol name={event.symbol} tone={symbolTone(event)} /></td>
                  <td class="nw">{time(event.from)}</td>
                  <td class="nw">{event.to === null ? say(words.ongoing) : time(event.to)}</td>
                  <td>{event.href ? <a href={event.href}>{event.text}</a> : event.text}</td>
                  <td class="nw">{time(event.acknowledged)}</td>
                  <td class="nw">{time(event.reset)}</td>
                  <td><button type="button" class="small" onClick={() => jump(event.from)}>{say(words.show)}</button></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {hidden > 0 ? <p class="dim">{fill(words.leftOut, hidden)}</p> : null}
    </section>
  );
}
