// Isolations in force, the soonest review first.
//
// Takes: isolations of the feed.
// Gives: the tab, with release for what was isolated here.
// Never: forgets who, why, since when, until when (FA-07).

import { ticking } from "../../shared/clock";
import { lost, section } from "../../shared/feed/feed";
import { dayClock } from "../../shared/format";
import { Symbol } from "../../shared/symbol";
import { fill, say, tell } from "../../shared/words";
import { form, releasing } from "../desk";
import { barred } from "../faces";
import { who } from "../who";
import { words } from "../words";
import { work } from "./words";

/** The tab. */
export function Isolations() {
  const held = section("isolations").value ?? [];
  const why = barred({ who: who.value, lost: lost.value });
  if (held.length === 0) return <p class="nothing">{say(work.noIsolations)}</p>;
  return (
    <ul class="isolations">
      {held.map((one) => {
        const refused = one.at === "panel" ? say(work.atPanel) : why;
        return (
          <li key={one.id} class="disabled">
            <Symbol name="disabled" tone="dis" />
            <div>
              <b>{tell(one.head)}</b> {tell(one.left)}
              <p class="dim">{[one.reason, one.by, fill(work.since, dayClock(one.since, ticking.peek()))].filter(Boolean).join(" · ")}</p>
              {one.review_at && <p>{fill(work.review, dayClock(one.review_at, ticking.peek()))} {one.overdue && <b class="tag">{say(work.overdue)}</b>}</p>}
            </div>
            <button type="button" class="small" aria-disabled={refused !== null} onClick={() => { if (refused === null) { releasing.value = one.id; form.value = "release"; } }}>{say(words.release)}{refused !== null && <small>{refused}</small>}</button>
          </li>
        );
      })}
    </ul>
  );
}
