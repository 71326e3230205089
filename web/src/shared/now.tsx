// What is so now, on pages that show something else.
//
// Takes: the feed's banner and lamps.
// Gives: one line: the state, where, what is lit.
// Never: leaves a page while something burns; looks live when the feed is lost.

import { lost, ready, section, subject } from "./feed/feed";
import { Symbol } from "./symbol";
import { fill, say, tell, words } from "./words";
import "./now.css";

/** What is so now, whatever stretch is shown: thin, and never gone. */
export function Now({ home = true }: { readonly home?: boolean }) {
  const [banner, lamps] = [section("banner").value, section("lamps").value];
  if (!ready.value || !banner) return <p class="now dim" role="status">{say(words.starting)}</p>;
  const fire = ["fire", "discharge", "gas", "emergency"].includes(banner.state);
  return (
    <p class={`now on-colour ${lost.value ? "is-lost" : fire ? "is-fire" : ""} ${banner.unacknowledged > 0 && fire ? "new" : ""}`} role="status">
      <Symbol name={lost.value ? "link-broken" : banner.symbol} tone={lost.value ? "" : fire ? "fire" : ""} />
      <b>{say(words.now)} {tell(banner.text)} {tell(subject.value?.shown.head)}</b>
      <span>{lost.value ? say(words.feedLost) : tell(banner.sentence) || (banner.unacknowledged > 0 ? fill(words.notAcknowledged, banner.unacknowledged) : "")}</span>
      <span class="lit">
        {(lamps ?? []).filter((lamp) => lamp.lit && lamp.total > 0).map((lamp) => <span key={lamp.id} class="nw"><Symbol name={lamp.symbol} /> {tell(lamp.label)} {lamp.total}</span>)}
      </span>
      {home && <a href="/">{say(words.desk)}</a>}
    </p>
  );
}
