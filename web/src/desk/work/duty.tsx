// Who is on duty, and what is due.
//
// Takes: the duty of the feed.
// Gives: the tab, with sign-in, sign-out and the handling records that are owed.
// Never: records a round; that is the duty page's, item by item.

import { ticking } from "../../shared/clock";
import { lost, section } from "../../shared/feed/feed";
import { dayClock } from "../../shared/format";
import { fill, say, tell } from "../../shared/words";
import { duty } from "../acts";
import { barred } from "../faces";
import { useSending } from "../forms";
import { roleOf, who } from "../who";
import { words } from "../words";
import { Owed } from "./owed";
import { work } from "./words";

/** The tab. */
export function Duty() {
  const held = section("duty").value;
  const { busy, refusal, send } = useSending(() => undefined);
  if (!held) return null;
  const present = held.present.some((one) => one.user === who.value?.user);
  const why = barred({ who: who.value, lost: lost.value });
  const faces = [
    { act: "sign-in", label: say(work.signIn), why },
    { act: "sign-out", label: say(work.signOut), why: why ?? (present ? null : say(work.notPresent)) },
  ] as const;
  return (
    <div class="duty">
      <h3>{say(work.present)} <span class="dim">{fill(work.needs, held.needs)}</span></h3>
      {held.present.length === 0 && <p class="nothing">{say(work.nobody)}</p>}
      <ul>{held.present.map((one) => <li key={one.user}><b>{one.user}</b> {say(words[roleOf(one.role)])} <span class="dim">{fill(work.since, dayClock(one.since, ticking.peek()))}</span></li>)}</ul>
      <p class="buttons">
        {faces.map((face) => <button key={face.act} id={face.act} type="button" aria-disabled={face.why !== null || busy} onClick={() => { if (face.why === null && !busy) send(() => duty(face.act)); }}>{face.label}<small>{face.why ?? (face.act === "sign-in" && present ? say(work.already) : "")}</small></button>)}
      </p>
      {refusal && <p class="refusal" role="status">{refusal}</p>}
      <h3>{say(work.rounds)}</h3>
      {held.rounds.length === 0 && <p class="nothing">{say(work.noRounds)}</p>}
      <ul>{held.rounds.map((round) => <li key={round.id}>{tell(round.name)} <span class="dim">{fill(work.until, dayClock(round.until, ticking.peek()))}</span> {round.overdue && <b class="tag">{say(work.overdue)}</b>}</li>)}</ul>
      <Owed count={held.unrecorded} />
      <p class="links"><a href="/duty">{say(work.openDuty)}</a></p>
    </div>
  );
}
