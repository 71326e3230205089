// The strip of progress at its fixed place above the foot, and the foot.
//
// Takes: acts and what became of them, sound, who is here.
// Gives: what is under way; sound of this screen, other pages, language, theme, log-out.
// Never: covers anything.

import { ticking } from "../shared/clock";
import { feedAge, lost, screens, section } from "../shared/feed/feed";
import { clock, dataAge } from "../shared/format";
import { offset } from "../shared/clock";
import { muted, setMuted, soundState, wake } from "../shared/sound";
import { Symbol } from "../shared/symbol";
import { Switches } from "../shared/switches";
import { fill, say, words as shared } from "../shared/words";
import { helping } from "./desk";
import { clearSteps, isWell, shownSteps, steps } from "./progress";
import { loggingIn, oneTime, who } from "./who";
import { words } from "./words";

/** Acts shown at once. */
const SHOWN = 3;

/** The strip of progress. */
export function Progress() {
  const held = shownSteps(steps.value, ticking.value);
  return (
    <div class="progress" role="status" aria-label={say(words.progress)}>
      {held.length === 0 && <span class="faint">{say(words.noActs)}</span>}
      {held.slice(0, SHOWN).map((step) => (
        <p key={step.id} class={`step stage-${step.stage} ${step.foreign ? "foreign" : ""}`} title={`${step.what} ${step.why}`}>
          <time>{clock(step.at, offset.value)}</time> {step.by && <b>{step.by}</b>} <span class="what">{step.what}</span>
          {!step.foreign && " · "}{!step.foreign && <b class="stage">{say(words[step.stage])}</b>} {step.why && <span class="why">{step.why}</span>}
        </p>
      ))}
      {held.length > SHOWN && <span class="dim">+{held.length - SHOWN}</span>}
      {held.some((step) => !isWell(step)) && <button type="button" class="small" onClick={clearSteps} aria-keyshortcuts="X">{say(words.clear)} <kbd>X</kbd></button>}
    </div>
  );
}

const PAGES = [["journal", "/journal"], ["reports", "/reports"], ["duty", "/duty"], ["trends", "/trends"], ["devices", "/devices"], ["wall", "/wall"]] as const;

/** The foot. */
export function Foot() {
  const duty = section("duty").value;
  const age = feedAge.value;
  return (
    <footer class="foot">
      <SoundOfThisScreen />
      <span class="modes"><Modes /></span>
      {duty && <span>{fill(words.onDuty, duty.present.length, duty.needs)}</span>}
      <span class="dim">{lost.value ? say(shared.trying) : age === null ? say(shared.fromBusesNever) : fill(shared.fromBuses, dataAge(age))}</span>
      <span class="dim wide">{fill(words.screensN, screens.value)}</span>
      <nav aria-label={say(words.pages)}>{PAGES.map(([name, href]) => <a key={name} href={href}>{say(words[name])}</a>)}</nav>
      <button type="button" class="plain" onClick={() => { helping.value = !helping.value; }} aria-keyshortcuts="?">{say(words.keys)} <kbd>?</kbd></button>
      <Switches />
      <Person />
    </footer>
  );
}

function SoundOfThisScreen() {
  const state = soundState.value;
  const text = state === "ok" ? shared.soundOk : state === "muted" ? shared.soundMuted : words.allowSound;
  const press = (): void => (state === "blocked" ? wake() : setMuted(!muted.value));
  return (
    <span class={`sound sound-${state}`}>
      <Symbol name={state === "ok" ? "sound" : "mute"} />
      {state === "blocked" ? <button type="button" class="small go" onClick={press}>{say(text)}</button> : <><b>{say(text)}</b> <button type="button" class="plain" onClick={press} aria-keyshortcuts="M">{say(state === "muted" ? words.unmuteScreen : words.muteScreen)}</button></>}
    </span>
  );
}

/** Linkage of the panels, and spray: what is not as it should be, or cannot be read, is named. */
function Modes() {
  const panels = section("modes").value?.panels ?? [];
  const count = (of: "auto" | "spray-allowed", value: boolean | null): number => panels.filter((panel) => panel[of] === value).length;
  const parts: string[] = [];
  if (count("auto", true)) parts.push(`${say(shared.auto)} ${count("auto", true)}`);
  if (count("auto", false)) parts.push(`${say(shared.manual)} ${count("auto", false)}`);
  if (count("auto", null)) parts.push(`? ${count("auto", null)}`);
  return <>{parts.join(" · ")}</>;
}

function Person() {
  const held = who.value;
  if (!held) return <button type="button" id="log-in" class="small go" onClick={() => { loggingIn.value = true; }}>{say(words.logIn)}</button>;
  return (
    <span class="person"><Symbol name="person" />
      <a href="/account" class={oneTime.value ? "strong" : ""}>{oneTime.value ? say(words.oneTime) : <b>{held.user}</b>}</a> <span class="dim">{say(words[held.role])}</span>
      <form method="post" action="/logout"><button class="plain">{say(words.logOut)}</button></form>
    </span>
  );
}
