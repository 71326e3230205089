// Start, stop, disable and enable by secondary code (FA-15, FA-18): looked at first, sent second.
//
// Takes: a code with its type, wildcards in both.
// Gives: every target with what bars it, the sending of exactly what was shown, the progress of each.
// Never: sends what was not looked at; the number of targets that was shown goes with the request.

import { useSignal } from "@preact/signals";
import { lost } from "../../shared/feed/feed";
import { fill, say, tell } from "../../shared/words";
import type { Outcome } from "../ask";
import { ask } from "../ask";
import { carry, refusalOf } from "../carry";
import { Confirm } from "../confirm";
import { draft } from "../desk";
import { barred } from "../faces";
import { useSending } from "../forms";
import { who } from "../who";
import { Arming } from "./arming";
import { clean, freeFirst, isCode, targetOf, VERBS } from "./code";
import type { Addressed, Typed, Verb } from "./code";
import { Results } from "./results";
import { work } from "./words";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0"] as const;

interface Previewed {
  readonly typed: Typed;
  readonly targets: readonly Addressed[];
}

/** The tab. */
export function Keypad() {
  const previewed = useSignal<Previewed | null>(null);
  const sent = useSignal<string | null>(null);
  const arming = useSignal<Typed | null>(null);
  const again = (): void => {
    previewed.value = null;
    sent.value = null;
    arming.value = null;
  };
  const another = (): void => {
    again();
    requestAnimationFrame(() => document.getElementById("keypad-code")?.focus());
  };
  const onRefused = (typed: Typed, outcome: Outcome): void => {
    if (outcome.kind === "refused" && outcome.error === "arm-needed") arming.value = typed;
  };
  return (
    <div class="keypad">
      <h3>{say(work.keypadTitle)}</h3>
      {sent.value !== null ? <Results id={sent.value} onAnother={another} />
        : arming.value ? <Arming name={nameOf(arming.value)} target={targetOf(arming.value)} verb={arming.value.verb} onBack={again} onSent={(id) => { sent.value = id; }} />
        : previewed.value ? <Preview {...previewed.value} onBack={again} onSent={(id) => { sent.value = id; }} onRefused={onRefused} />
        : <Code onPreview={(found) => { previewed.value = found; }} />}
    </div>
  );
}

const nameOf = (typed: Typed): string => `${say(work[typed.verb])} ${typed.code}${typed.type ? `·${typed.type}` : ""}`;

function Code({ onPreview }: { readonly onPreview: (found: Previewed) => void }) {
  const code = draft("keypad-code");
  const type = draft("keypad-type");
  const panel = draft("keypad-panel");
  const verb = draft("keypad-verb", "start");
  const said = useSignal("");
  // A panel that was chosen before still counts: it is seen, and can be taken back.
  const panels = useSignal<readonly string[]>(panel.peek() ? [panel.peek()] : []);
  const at = useSignal<"code" | "type">("code");
  const typed: Typed = { code: code.value, type: type.value, panel: panel.value, verb: VERBS.find((one) => one === verb.value) ?? "start" };
  const why = barred({ who: who.value, lost: lost.value }) ?? (isCode(typed) ? null : say(work.badCode));
  const look = async (): Promise<void> => {
    const outcome = await ask("POST", "commands/preview", { target: targetOf(typed), verb: typed.verb });
    said.value = refusalOf(outcome);
    if (outcome.kind === "refused" && Array.isArray(outcome.body.panels)) panels.value = outcome.body.panels.map(String);
    if (outcome.kind !== "answered") return;
    const targets = outcome.body.targets as readonly Addressed[];
    if (targets.length === 0) said.value = fill(work.nothingAddressed, say(work[typed.verb]));
    else onPreview({ typed, targets });
  };
  const field = at.value === "code" ? code : type;
  const strike = (key: string): void => {
    field.value = clean(field.value + key, at.value === "code" ? 6 : 2);
    if (at.value === "code" && field.value.length === 6) at.value = "type";
  };
  return (
    <form onSubmit={(event) => { event.preventDefault(); if (why === null) void look(); }}>
      <div class="fields">
        <label class="field"><span>{say(work.code)}</span><input id="keypad-code" class="digits" inputMode="none" autocomplete="off" maxLength={6} size={6} value={code.value} onFocus={() => { at.value = "code"; }} onInput={(event) => { code.value = clean(event.currentTarget.value, 6); event.currentTarget.value = code.value; }} /></label>
        <label class="field"><span>{say(work.type)}</span><input id="keypad-type" class="digits" inputMode="none" autocomplete="off" maxLength={2} size={2} value={type.value} onFocus={() => { at.value = "type"; }} onInput={(event) => { type.value = clean(event.currentTarget.value, 2); event.currentTarget.value = type.value; }} /></label>
        {panels.value.length > 0 && <label class="field"><span>{say(work.panel)}</span><select value={panel.value} onChange={(event) => { panel.value = event.currentTarget.value; }}><option value="">{say(work.chooseIt)}</option>{panels.value.map((one) => <option key={one} value={one}>{one}</option>)}</select></label>}
      </div>
      <div class="pad" role="group" aria-label={say(work.digits)}>
        {KEYS.map((key) => <button key={key} type="button" tabIndex={-1} onClick={() => strike(key)}>{key}</button>)}
        <button type="button" tabIndex={-1} aria-label={say(work.delete)} onClick={() => { field.value = field.value.slice(0, -1); if (field.value === "") at.value = "code"; }}>⌫</button>
      </div>
      <div class="choices" role="radiogroup" aria-label={say(work.verb)}>
        {VERBS.map((one: Verb) => <label key={one} class={`choice ${one === typed.verb ? "on" : ""}`}><input type="radio" name="verb" value={one} checked={one === typed.verb} onChange={() => { verb.value = one; }} /> {say(work[one])}</label>)}
      </div>
      <p class="dim">{say(work.keypadDoes)}</p>
      {said.value && <p class="refusal" role="status">{said.value}</p>}
      <button type="submit" id="keypad-look" class="act-go" aria-disabled={why !== null}>{say(work.preview)}{why !== null && <small>{why}</small>}</button>
    </form>
  );
}

function Preview({ typed, targets, onBack, onSent, onRefused }: Previewed & { readonly onBack: () => void; readonly onSent: (id: string) => void; readonly onRefused: (typed: Typed, outcome: Outcome) => void }) {
  const { busy, refusal, send } = useSending(() => undefined);
  const free = targets.filter((one) => one.barred === null).length;
  const verb = say(work[typed.verb]);
  const name = nameOf(typed);
  const order = async (): Promise<Outcome> => {
    const body = { target: targetOf(typed), verb: typed.verb, confirm: targets.length };
    const outcome = await carry({ what: name, method: "POST", path: "commands", body, commands: true });
    if (outcome.kind === "answered" && typeof outcome.body.id === "string") onSent(outcome.body.id);
    else onRefused(typed, outcome);
    return outcome;
  };
  const why = barred({ who: who.value, lost: lost.value }) ?? (free === 0 ? tell(targets[0]?.barred?.message) : null);
  return (
    <Confirm title={fill(work.targets, name, targets.length, targets.length - free)} will={[fill(work.sendWill, free)]} wont={free < targets.length ? [fill(work.barredWont, targets.length - free), say(work.sendWont)] : [say(work.sendWont)]} go={fill(work.sendN, free, verb)}
      why={why} busy={busy} refusal={refusal} onBack={onBack} onGo={() => send(order)}>
      <ol class="targets" tabIndex={0} aria-label={fill(work.targets, name, targets.length, targets.length - free)}>
        {freeFirst(targets).map((one) => (
          <li key={one.point} class={one.barred ? "barred" : ""}>
            <span><b>{tell(one.place.text) || tell(one.name)}</b> <code>{one.code}·{one.type}</code></span>
            <span>{one.barred ? `${say(work.barred)}: ${tell(one.barred.message)}` : say(work.free)}</span>
          </li>
        ))}
      </ol>
    </Confirm>
  );
}
