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
import { width } from "./fit";
import { choice, ruler } from "./state";
import { toneOf } from "./tone";
import { choose, windowOf } from "./windows";
import { LAMP_LABELS } from "./words";

/** Widths of the lamps in their order: minutes of arc on the narrowest page, shares of a wider one. Those that count most, and the one that counts devices, have more. */
export const SHARES: readonly number[] = [93, 60, 60, 68, 60, 76, 60, 66, 65, 61, 103, 65];
/** What a lamp is called by at least, in minutes of arc, and the space beside it. */
const TYPE = 18;
const BESIDE = 8;
const COLUMNS = { gridTemplateColumns: SHARES.map((share) => `${share}fr`).join(" ") };

/** What stands on lamp number `place` of a page of so many minutes of arc: its whole name where that fits at a size that can be read, else its abbreviation. */
export function labelOf(id: string, name: string, place: number, page: number): string {
  const room = (page * (SHARES[place] ?? 0)) / SHARES.reduce((sum, share) => sum + share, 0) - BESIDE;
  return width(name) * TYPE <= room ? name : (LAMP_LABELS[id] ?? name);
}

/** All lamps. */
export function Lamps() {
  const lamps = section("lamps").value ?? [];
  return (
    <nav class={`lamps ${lost.value ? "hatched" : ""}`} style={COLUMNS} aria-label={say(words.lamps)}>
      {lamps.map((lamp, place) => (lost.value ? <LostLamp key={lamp.id} lamp={lamp} place={place} /> : <Lamp key={lamp.id} lamp={lamp} place={place} />))}
    </nav>
  );
}

const label = (lamp: LampSection, place: number): string => (language === "en" ? labelOf(lamp.id, tell(lamp.label), place, ruler.value.width) : tell(lamp.label));

/** Above 999 a lamp has no room for the number; the window has. */
const count = (value: number): string => (value > 999 ? "999+" : String(value));

function Lamp({ lamp, place }: { readonly lamp: LampSection; readonly place: number }) {
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
      <span class="label">{label(lamp, place)}</span>
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
function LostLamp({ lamp, place }: { readonly lamp: LampSection; readonly place: number }) {
  const stays = lamp.id === "fire" && lamp.lit;
  return (
    <div data-lamp={lamp.id} data-total={lamp.total} class={`lamp lamp-${lamp.id} ${stays ? "lit on-fire" : "unknown"}`}>
      <span class="label">{label(lamp, place)}</span>
      <span class="count"><Symbol name={lamp.symbol} tone={stays ? "fire" : "lost"} />{stays && <b>{count(lamp.total)}</b>}<span class={stays ? "q" : "what"}>?</span></span>
    </div>
  );
}
