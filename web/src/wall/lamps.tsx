// The lamps, in the panel's order: how many, and in the white box how many wait for somebody.
//
// Takes: lamps; whether the feed is lost.
// Gives: twelve lamps in fixed places; a touch chooses the window of one.
// Never: a count over sources that cannot be read without its question mark.

import { now } from "../shared/clock";
import { lost, section } from "../shared/feed/feed";
import type { Lamp as LampSection } from "../shared/feed/types";
import { Symbol } from "../shared/symbol";
import { fill, language, say, tell, words } from "../shared/words";
import { choice } from "./state";
import { toneOf } from "./tone";
import { choose, windowOf } from "./windows";
import { LAMP_LABELS } from "./words";

/** All lamps. */
export function Lamps() {
  const lamps = section("lamps").value ?? [];
  return (
    <nav class={`lamps ${lost.value ? "hatched" : ""}`} aria-label={say(words.lamps)}>
      {lamps.map((lamp) => (lost.value ? <LostLamp key={lamp.id} lamp={lamp} /> : <Lamp key={lamp.id} lamp={lamp} />))}
    </nav>
  );
}

const label = (lamp: LampSection): string => (language === "en" && LAMP_LABELS[lamp.id]) || tell(lamp.label);

/** Above 999 a lamp has no room for the number; the window has. */
const count = (value: number): string => (value > 999 ? "999+" : String(value));

function Lamp({ lamp }: { readonly lamp: LampSection }) {
  const owed = lamp.unacknowledged;
  const links = lamp.up !== undefined && lamp.of !== undefined ? `${lamp.up}/${lamp.of}` : null;
  const tone = lamp.lit ? toneOf(lamp.id) : "off";
  const said = [tell(lamp.label), fill(words.open, lamp.total), owed > 0 ? fill(words.notAcknowledged, owed) : "", lamp.blind && !links ? say(words.lowerBound) : ""];
  // Everything waits: the box alone says both numbers.
  const total = links ?? (owed === lamp.total && owed > 0 ? null : count(lamp.total));
  const long = (total?.length ?? 0) + (owed > 0 ? count(owed).length : 0) > (lamp.id === "fire" ? 4 : 2);
  return (
    <button type="button" data-lamp={lamp.id} data-total={lamp.total} onClick={() => (choice.value = choose(choice.peek(), windowOf(lamp.id), now()))}
      class={`lamp lamp-${lamp.id} tone-${tone} ${lamp.lit ? "lit" : "zero"} ${owed > 0 ? "new" : ""} ${long ? "long" : ""} ${lamp.id === "fire" && lamp.lit ? "on-fire" : ""}`}>
      <span class="label">{label(lamp)}</span>
      <span class="count">
        <Symbol name={lamp.symbol} tone={lamp.lit ? tone : "off"} />
        {total !== null && <b>{total}</b>}
        {owed > 0 && <span class="badge">{count(owed)}</span>}
        {lamp.blind && !links && <span class="q">?</span>}
        <span class="aloud">{said.filter(Boolean).join(", ")}</span>
      </span>
    </button>
  );
}

/** A lamp while the feed is lost: fire that was on show stays on show, everything else is unknown. */
function LostLamp({ lamp }: { readonly lamp: LampSection }) {
  const stays = lamp.id === "fire" && lamp.lit;
  return (
    <div data-lamp={lamp.id} data-total={lamp.total} class={`lamp lamp-${lamp.id} ${stays ? "lit on-fire" : "unknown"}`}>
      <span class="label">{label(lamp)}</span>
      <span class="count"><Symbol name={lamp.symbol} tone={stays ? "fire" : "lost"} />{stays && <b>{count(lamp.total)}</b>}<span class={stays ? "q" : "what"}>?</span></span>
    </div>
  );
}
