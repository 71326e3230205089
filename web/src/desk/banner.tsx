// The banner as a sign, the lamps, and silence at the top right.
//
// Takes: banner, lamps, sound and scopes of the feed.
// Gives: what must be read before anything else, at one place in every state.
// Never: is covered by anything, and never says normal while something is unknown.

import { useEffect, useState } from "preact/hooks";
import { clock, dayClock, age, millis } from "../shared/format";
import { offset, ticking } from "../shared/clock";
import { alarms, lost, section, silence as quietFor, subject } from "../shared/feed/feed";
import type { Alarm, Lamp } from "../shared/feed/types";
import { Symbol } from "../shared/symbol";
import { fill, language, say, tell, words as shared } from "../shared/words";
import { silence } from "./acts";
import { barred } from "./faces";
import { ScopeLine } from "./scopeline";
import { who } from "./who";
import { words } from "./words";

/** Longest id that is drawn as a numeral. */
const NUMERAL = 3;
/** States whose banner is filled with red. */
const RED: ReadonlySet<string> = new Set(["fire", "discharge", "gas", "emergency"]);

/** The banner. */
export function Banner() {
  const banner = section("banner").value;
  const first = subject.value;
  if (!banner) return <header class="banner"><h1>{say(shared.starting)}</h1></header>;
  const red = RED.has(banner.state);
  const plum = banner.state === "link-lost" || (lost.value && !red);
  const sign = first && banner.state !== "unknown" && banner.state !== "link-lost";
  return (
    <header class={`banner ${red ? "is-fire on-colour" : plum ? "is-lost on-colour" : ""} ${banner.isolated ? "isolated" : ""} ${banner.unacknowledged > 0 ? "new" : ""}`}>
      <Symbol name={plum ? "link-broken" : banner.symbol} tone={red ? "inverse" : plum ? "" : toneOf(banner.state)} />
      <div class="word">
        <h1>{plum && lost.value ? say(shared.unknown) : tell(banner.text)}{banner.isolated && <small> {say(shared.isolated)}</small>}</h1>
        <p class="second">
          {banner.total > 1 && <span>{fill(shared.open, banner.total)} </span>}
          {banner.unacknowledged > 0 && <b>{fill(shared.notAcknowledged, banner.unacknowledged)}</b>}
        </p>
      </div>
      {sign ? <Sign alarm={first} beside={banner.beside} /> : <p class="sentence"><b>{tell(banner.sentence)}</b> <span>{banner.names.slice(0, 4).map(tell).join(language === "zh" ? "、" : ", ")}{banner.names.length > 4 ? ` +${banner.names.length - 4}` : ""}</span></p>}
      <div class="side">
        <ScopeLine />
        {banner.unrecorded && <p class="unrecorded"><Symbol name="fault" /> {say(shared.notRecorded)}</p>}
        {sign && <p class="since">{fill(first.first ? shared.sinceFirst : shared.since, dayClock(first.raised_at, ticking.value))}</p>}
      </div>
      {sign && <p class="elapsed">{age(ticking.value - millis(first.raised_at))}</p>}
      <div class="clock"><b>{clock(ticking.value, offset.value)}</b><Fuse /></div>
    </header>
  );
}

function toneOf(state: string): string {
  if (state === "supervisory" || state === "prealarm") return "sup";
  return state === "fault" || state === "limit" ? "fault" : state === "disabled" ? "dis" : state === "unknown" ? "lost" : "";
}

function Sign({ alarm, beside }: { readonly alarm: Alarm; readonly beside: string | null }) {
  const { building, floor } = alarm.place;
  const other = beside === null ? undefined : alarms.value.get(beside);
  return (
    <div class="sign">
      <p class="numerals">
        {building !== null && building.length <= NUMERAL && <Numeral value={building} unit={say(shared.building)} />}
        {floor !== null && floor.length <= NUMERAL && <Numeral value={floor} unit={say(shared.floor)} />}
        <span class="rest">{tell(alarm.shown.rest) || tell(alarm.shown.head)}</span>
        <span class="tag">{tell(alarm.shown.verdict_text)}</span>
      </p>
      {other && <p class="second"><b>{say(shared.beside)}</b> {tell(other.shown.head)} {tell(other.shown.left)}</p>}
    </div>
  );
}

function Numeral({ value, unit }: { readonly value: string; readonly unit: string }) {
  return language === "zh" ? <span class="part"><b>{value}</b>{unit}</span> : <span class="part">{unit} <b>{value}</b></span>;
}

/** Fifteen marks; one burns out for each second without a word of the gateway. */
function Fuse() {
  const out = Math.floor(quietFor.value / 1000);
  return <span class="fuse" aria-hidden="true">{Array.from({ length: 15 }, (_, at) => <i key={at} class={at >= 15 - out ? "out" : ""} />)}</span>;
}

/** The lamps in the panel's order, and silence. */
export function Lamps() {
  const lamps = section("lamps").value ?? [];
  return (
    <div class="lamps">
      <ul aria-label={say(shared.lamps)}>{lamps.map((lamp) => <One key={lamp.id} lamp={lamp} />)}</ul>
      <Silence />
    </div>
  );
}

const TONES: Readonly<Record<string, string>> = {
  fire: "fire", discharge: "fire", gas: "fire", emergency: "fire", supervisory: "sup", prealarm: "sup", start: "act", feedback: "act", fault: "fault", power: "fault", link: "lost", disabled: "dis",
};

function One({ lamp }: { readonly lamp: Lamp }) {
  const red = lamp.lit && TONES[lamp.id] === "fire";
  const tone = lamp.lit ? TONES[lamp.id] ?? "" : lamp.id === "power" || lamp.id === "link" ? "ok" : "off";
  const title = lamp.blind ? say(shared.lowerBound) : "";
  return (
    <li data-lamp={lamp.id} data-total={lamp.total} class={`lamp lamp-${lamp.id} ${red ? "on-fire" : lamp.lit ? `on on-${tone}` : "zero"} ${lamp.unacknowledged > 0 ? "new" : ""} ${lamp.lit && lamp.id === "disabled" ? "disabled" : ""} ${lamp.lit && lamp.id === "link" ? "hatched" : ""}`} title={title}>
      <span class="lb">{tell(lamp.label)}</span>
      <Symbol name={lamp.symbol} tone={tone} />
      <span class="n">{lost.value && !red ? "?" : lamp.of === undefined ? lamp.total : `${lamp.up}/${lamp.of}`}</span>
      {lamp.unacknowledged > 0 && <span class="badge" aria-label={fill(words.unacknowledgedN, lamp.unacknowledged)}>{lamp.unacknowledged}</span>}
      {lamp.blind && <span class="q" aria-label={title}>?</span>}
    </li>
  );
}

function Silence() {
  const sound = section("sound").value;
  const sounds = sound?.tone != null;
  const why = barred({ who: who.value, lost: lost.value });
  const at = sound?.silenced_at ? `${fill(shared.silencedAt, dayClock(sound.silenced_at, ticking.value))} ${sound.silenced_by ?? ""}` : say(shared.silent);
  return (
    <button type="button" id="silence" class={`silence ${sounds ? "go" : ""}`} aria-disabled={why !== null || !sounds} onClick={() => !why && sounds && void silence()} aria-keyshortcuts="F2 S">
      <Symbol name={sounds ? "sound" : "mute"} />
      <span><b>{say(words.silence)}</b> <kbd>F2</kbd><small>{why ?? (sounds ? say(words.soundsNow) : at)}</small></span>
    </button>
  );
}

/** Reads a new fire out; everything else is read when somebody goes there. */
export function FireAlert() {
  const first = subject.value;
  const banner = section("banner").value;
  const said = first && banner?.state === "fire" ? `${tell(banner.text)} ${tell(first.shown.head)}` : "";
  const [text, setText] = useState("");
  useEffect(() => setText(said), [said]);
  return <div class="unseen" role="alert">{text}</div>;
}
