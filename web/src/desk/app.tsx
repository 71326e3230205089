// The desk: banner, lamps, lists, the chosen alarm, progress, foot.
//
// Takes: the feed.
// Gives: the page.
// Never: looks live when the feed is lost.

import { useEffect } from "preact/hooks";
import { ticking } from "../shared/clock";
import { lost, ready, section, silence } from "../shared/feed/feed";
import { clock, dataAge } from "../shared/format";
import { offset } from "../shared/clock";
import { Symbol } from "../shared/symbol";
import { fill, say, tell, words as shared } from "../shared/words";
import { Banner, FireAlert, Lamps } from "./banner";
import { Filters } from "./filters";
import { Keys } from "./keys";
import { Side } from "./side";
import { Foot, Progress } from "./strip";
import { Windows } from "./windows";
import { words } from "./words";

/** The whole desk. */
export function App() {
  const gone = lost.value;
  const state = tell(section("banner").value?.text);
  useEffect(() => { document.title = `${gone ? `? ${say(shared.unknown)}` : state} - ${say(words.desk)}`; }, [gone, state]);
  return (
    <div class={`app ${gone ? "is-lost-feed" : ""}`}>
      <FireAlert />
      <Banner />
      <Lamps />
      {gone && <Lost />}
      <main class="main">
        <div class="left">
          <Filters />
          {ready.value ? <Windows /> : <p class="nothing">{say(shared.starting)}</p>}
          <Keys />
        </div>
        <Side />
      </main>
      <Progress />
      <Foot />
    </div>
  );
}

/** Said in words as soon as the page is old. */
function Lost() {
  const at = ticking.value - silence.value;
  return (
    <div class="lost-bar banner is-lost on-colour" role="status">
      <Symbol name="link-broken" />
      <b>{say(shared.feedLost)}</b>
      <span>{say(words.actsRefused)}</span>
      <span class="r">{fill(shared.feedLostFor, dataAge(silence.value))} · {fill(shared.lastData, clock(at, offset.value))} · {say(shared.trying)}</span>
    </div>
  );
}
