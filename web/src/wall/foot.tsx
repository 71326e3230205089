// The foot: modes, sound, people, the gateway. Never alarms.
//
// Takes: modes, sound, duty, health, the number of screens.
// Gives: one line that is always there; where it is too short, what matters least goes.
// Never: a mode that not every panel agrees on, shown as one.

import { now } from "../shared/clock";
import { lost, screens, section, subject } from "../shared/feed/feed";
import type { Health, PanelModes } from "../shared/feed/types";
import { dayClock } from "../shared/format";
import { soundState } from "../shared/sound";
import { Symbol } from "../shared/symbol";
import { fill, language, say, tell, words } from "../shared/words";
import type { Phrase } from "../shared/words";
import { fitting, width } from "./fit";
import type { Item } from "./fit";
import { ruler } from "./state";
import type { SymbolTone } from "./tone";
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
  return say(manual === "0" || auto === "0" ? wall.offAtPanel : wall.mixed);
}

/** What is wrong with the gateway first. */
export function firstFault(health: Health | null): string | null {
  const part = health?.parts.find((one) => one.fault !== null);
  return part ? `${tell(part.name)}${language === "zh" ? "：" : ": "}${tell(part.fault)}` : null;
}

/** One thing that the foot says. */
interface Said extends Item {
  readonly key: string;
  readonly text: string;
  /** What is said in bold behind it. */
  readonly strong?: string;
  readonly symbol?: string;
  readonly tone?: SymbolTone;
  readonly className?: string;
  /** It stands at the right. */
  readonly right?: boolean;
}

const TYPE = 18;
const GAP = 13;

function said(key: string, rank: number, text: string, more: Partial<Said> = {}): Said {
  const wide = width(`${text} ${more.strong ?? ""}`) * TYPE * 0.95 + (more.symbol ? TYPE * 1.6 : 0) + GAP;
  return { key, rank, text, wide, ...more };
}

/** The line. */
export function Foot() {
  const all = [...(lost.value ? [said("trying", 1, say(words.trying), { symbol: "link-broken", tone: "lost" })] : modesSaid()), ...soundSaid(), ...(lost.value ? [said("clock", 3, say(wall.ownClock), { right: true })] : gatewaySaid())];
  if (ruler.value.small) all.push(said("small", 5, say(wall.tooSmall), { className: "late", right: true }));
  const shown = fitting(all, ruler.value.width - 32);
  return (
    <footer class="foot">
      {shown.filter((one) => !one.right).map((one) => <One key={one.key} one={one} />)}
      <span class="end" />
      {shown.filter((one) => one.right).map((one) => <One key={one.key} one={one} />)}
    </footer>
  );
}

function One({ one }: { readonly one: Said }) {
  return <span class={one.className ?? ""}>{one.symbol && <Symbol name={one.symbol} tone={one.tone ?? ""} />}<span class="cut">{one.text}</span>{one.strong && <b>{one.strong}</b>}</span>;
}

function modesSaid(): Said[] {
  const panels = section("modes").value?.panels ?? [];
  const all: readonly (readonly [Phrase, string | null])[] = [
    [wall.panelModes, together(panels, "auto", words.auto, words.manual)],
    [wall.start, startOf(panels)],
    [wall.spray, together(panels, "spray-allowed", wall.permitted, wall.offAtPanel)],
  ];
  const told = all.filter((one): one is readonly [Phrase, string] => one[1] !== null);
  if (told.length === 0) return [said("modes", 2, say(wall.panelModes), { strong: "?", className: "unknown" })];
  return told.map(([name, value]) => said(name[1], value === "?" ? 1 : 2, say(name), { strong: value, className: value === "?" ? "unknown" : "" }));
}

const minutes = (text: string): string => dayClock(text, now()).replace(/:\d\d$/, "");

function soundSaid(): Said[] {
  const sound = section("sound").value;
  if (soundState.value === "muted") return [said("sound", 0, say(wall.soundMutedDo), { symbol: "mute", tone: "dis", className: "late" })];
  if (soundState.value === "blocked") return [said("sound", 0, say(wall.soundBlockedDo), { symbol: "mute", tone: "dis", className: "late" })];
  if (lost.value) return [];
  if (sound?.tone) return [said("sound", 3, say(words.sounding), { symbol: "sound" })];
  if (!sound?.silenced_at) return [said("sound", 4, say(words.soundOk), { symbol: "sound", tone: "ok" })];
  const again = sound.resounds_at ? fill(words.soundsAgain, minutes(sound.resounds_at)) : "";
  return [said("sound", 1, fill(wall.silencedBy, sound.silenced_by ?? "", minutes(sound.silenced_at)), { symbol: "mute", strong: again })];
}

function gatewaySaid(): Said[] {
  const fault = firstFault(section("health").value);
  const duty = section("duty").value;
  const call = subject.value?.calls?.at(-1);
  return [
    ...(call ? [said("call", 1, fill(wall.called, call.called, minutes(call.at)), { symbol: "bell", right: true })] : []),
    said("people", 3, fill(wall.people, duty?.present.length ?? 0, duty?.needs ?? 0), { symbol: "person", right: true }),
    said("screens", 5, fill(wall.screens, screens.value), { right: true }),
    fault
      ? said("gateway", 2, fault, { symbol: "fault", tone: "fault", className: "late shrinks", right: true, wide: Math.min(170, width(fault) * TYPE + 40) })
      : said("gateway", 4, say(wall.gatewayWell), { symbol: "normal", tone: "ok", right: true }),
  ];
}
