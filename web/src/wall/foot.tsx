// The foot: modes, sound, people, the gateway. Never alarms.
//
// Takes: modes, sound, duty, health, the number of screens.
// Gives: one line that is always there.
// Never: a mode that not every panel agrees on, shown as one.

import { now } from "../shared/clock";
import { lost, screens, section } from "../shared/feed/feed";
import type { Health, PanelModes } from "../shared/feed/types";
import { dayClock } from "../shared/format";
import { soundState } from "../shared/sound";
import { Symbol } from "../shared/symbol";
import { fill, language, say, tell, words } from "../shared/words";
import type { Phrase } from "../shared/words";
import { ruler } from "./state";
import { wall } from "./words";

type Mode = "auto" | "spray-allowed" | "start-auto-allowed" | "start-manual-allowed";

/** What all panels say of a mode together: a word, `?` where one cannot be read, nothing where none says. */
export function together(panels: readonly PanelModes[], mode: Mode, yes: Phrase, no: Phrase): string | null {
  const said = panels.map((panel) => panel[mode]).filter((one) => one !== undefined);
  if (said.length === 0) return null;
  if (said.includes(null)) return "?";
  if (said.every((one) => one === said[0])) return say(said[0] ? yes : no);
  return say(wall.mixed);
}

/** Who may start equipment: both permissions in one word. */
export function startOf(panels: readonly PanelModes[]): string | null {
  const manual = together(panels, "start-manual-allowed", ["1", "1"], ["0", "0"]);
  const auto = together(panels, "start-auto-allowed", ["1", "1"], ["0", "0"]);
  if (manual === null && auto === null) return null;
  if (manual === "?" || auto === "?") return "?";
  if (manual === "1") return say(auto === "1" ? wall.startBoth : auto === "0" || auto === null ? wall.startManualOnly : wall.mixed);
  if (auto === "1") return say(manual === "0" || manual === null ? wall.startAutoOnly : wall.mixed);
  return say(manual === "0" || auto === "0" ? words.forbidden : wall.mixed);
}

/** The line. */
export function Foot() {
  return (
    <footer class="foot">
      {lost.value ? <span class="lost"><Symbol name="link-broken" tone="lost" />{say(words.trying)}</span> : <Modes />}
      <SoundOf />
      <span class="end" />
      {ruler.value.small && <span class="late">{say(wall.tooSmall)}</span>}
      {lost.value ? <span>{say(wall.ownClock)}</span> : <Gateway />}
    </footer>
  );
}

function Modes() {
  const panels = section("modes").value?.panels ?? [];
  const all: readonly (readonly [Phrase, string | null])[] = [
    [wall.panelModes, together(panels, "auto", words.auto, words.manual)],
    [wall.start, startOf(panels)],
    [wall.spray, together(panels, "spray-allowed", words.allowed, words.forbidden)],
  ];
  const told = all.filter((one): one is readonly [Phrase, string] => one[1] !== null);
  if (told.length === 0) return <span class="unknown">{say(wall.panelModes)} <b>?</b></span>;
  return <>{told.map(([name, value]) => <span key={name[1]} class={value === "?" ? "unknown" : ""}>{say(name)} <b>{value}</b></span>)}</>;
}

function SoundOf() {
  const sound = section("sound").value;
  if (soundState.value === "muted") return <span class="late"><Symbol name="mute" tone="dis" />{say(wall.soundMutedDo)}</span>;
  if (soundState.value === "blocked") return <span class="late"><Symbol name="mute" tone="dis" />{say(wall.soundBlockedDo)}</span>;
  if (lost.value) return null;
  if (sound?.tone) return <span><Symbol name="sound" />{say(words.sounding)}</span>;
  if (!sound?.silenced_at) return <span><Symbol name="sound" tone="ok" />{say(words.soundOk)}</span>;
  const again = sound.resounds_at ? ` ${fill(words.soundsAgain, short(sound.resounds_at))}` : "";
  return <span><Symbol name="mute" />{fill(wall.silencedBy, sound.silenced_by ?? "", short(sound.silenced_at))}{again && <b>{again}</b>}</span>;
}

const short = (text: string): string => dayClock(text, now());

/** What is wrong with the gateway first. */
export function firstFault(health: Health | null): string | null {
  const part = health?.parts.find((one) => one.fault !== null);
  return part ? `${tell(part.name)}${language === "zh" ? "：" : ": "}${tell(part.fault)}` : null;
}

function Gateway() {
  const fault = firstFault(section("health").value);
  const duty = section("duty").value;
  return (
    <>
      <span><Symbol name="person" />{fill(wall.people, duty?.present.length ?? 0, duty?.needs ?? 0)}</span>
      <span>{fill(wall.screens, screens.value)}</span>
      {fault ? <span class="late shrinks"><Symbol name="fault" tone="fault" /><span class="cut">{fault}</span></span> : <span><Symbol name="normal" tone="ok" />{say(wall.gatewayWell)}</span>}
    </>
  );
}
