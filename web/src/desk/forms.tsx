// The forms of the acts on the chosen alarm, opened in place above the acts.
//
// Takes: the chosen alarm, what is typed.
// Gives: verdict, isolate, release, reset, note, call, handling record, and the acknowledgement of what is on the screen.
// Never: closes before the gateway took the act; a refusal is shown where the act was asked for.

import { useSignal } from "@preact/signals";
import { alarms, lost, section } from "../shared/feed/feed";
import type { Alarm, Reset } from "../shared/feed/types";
import { fill, say, tell } from "../shared/words";
import type { Phrase } from "../shared/words";
import { acknowledgeMany, call, handled, isolate, judge, note, release, reset } from "./acts";
import type { Verdict } from "./acts";
import type { Outcome } from "./ask";
import { refusalOf } from "./carry";
import { hidden } from "./chips";
import { Confirm } from "./confirm";
import { bulk, chosen, draft, filter, forget, form, releasing } from "./desk";
import { barred, isolationOf, scopesFor } from "./faces";
import { Choice, Field } from "./field";
import { isOwed } from "./order";
import { who } from "./who";
import { words } from "./words";

/** Review times offered, in hours. */
const REVIEWS = [1, 2, 4, 8, 24, 72, 168] as const;
const VERDICTS: readonly Verdict[] = ["real", "false", "drill"];

/** Carries an act out and keeps its form open until it was taken. */
export function useSending(done: () => void): { readonly busy: boolean; readonly refusal: string; readonly send: (act: () => Promise<Outcome>) => void } {
  const busy = useSignal(false);
  const refusal = useSignal("");
  const send = (act: () => Promise<Outcome>): void => {
    busy.value = true;
    refusal.value = "";
    void act().then((outcome) => {
      busy.value = false;
      refusal.value = refusalOf(outcome);
      if (outcome.kind === "answered") done();
    });
  };
  return { busy: busy.value, refusal: refusal.value, send };
}

/** Closes the form; the focus goes back to where it was asked for. */
export function closeForm(): void {
  form.value = null;
}

const missing = (text: string): string | null => (text.trim() === "" ? say(words.required) : null);
const here = (): string | null => barred({ who: who.value, lost: lost.value });

/** The open form. */
export function Forms() {
  const held = chosen.value;
  switch (form.value) {
    case null: return null;
    case "reset": return <ResetForm alarm={held?.alarm ?? null} />;
    case "bulk": return <BulkForm />;
    case "verdict": return held && <VerdictForm key={held.alarm.id} alarm={held.alarm} />;
    case "isolate": return held && <IsolateForm key={held.alarm.id} alarm={held.alarm} />;
    case "release": return <ReleaseForm />;
    case "note": return held && <NoteForm key={held.alarm.id} alarm={held.alarm} />;
    case "handled": return held && <HandledForm key={held.alarm.id} id={held.alarm.id} name={tell(held.alarm.shown.head)} onBack={closeForm} />;
    case "call": return held && <CallForm key={held.alarm.id} alarm={held.alarm} />;
  }
}

function VerdictForm({ alarm }: { readonly alarm: Alarm }) {
  const of = `verdict-${alarm.id}-`;
  const choice = draft(`${of}choice`);
  const cause = draft(`${of}cause`);
  const { busy, refusal, send } = useSending(() => { forget(of); closeForm(); });
  const verdict = VERDICTS.find((one) => one === choice.value);
  const why = here() ?? (verdict === undefined ? say(words.required) : verdict === "false" && missing(cause.value) ? `${say(words.cause)}: ${say(words.required)}` : null);
  const will = verdict ? [say(verdict === "real" ? words.realWill : verdict === "false" ? words.falseWill : words.drillWill)] : [];
  return (
    <Confirm title={`${tell(alarm.shown.head)}: ${say(words.verdictTitle)}`} will={[...will, say(words.verdictWill)]} wont={[say(words.verdictWont)]} go={verdict ? fill(words.judgeAs, say(words[verdict])) : say(words.verdict)}
      why={why} busy={busy} refusal={refusal} typed careful onBack={closeForm} onGo={() => verdict && send(() => judge(alarm, verdict, cause.value))}>
      <div class="choices" role="radiogroup" aria-label={say(words.verdict)}>
        {VERDICTS.map((one) => <label key={one} class={`choice ${one === verdict ? "on" : ""}`}><input type="radio" name="verdict" value={one} checked={one === verdict} onChange={() => { choice.value = one; }} /> {say(words[one])}</label>)}
      </div>
      {verdict === "false" && <Field name={`${of}cause`} label={say(words.cause)} list={say(words.causes).split(/[；;] ?/)} />}
    </Confirm>
  );
}

function IsolateForm({ alarm }: { readonly alarm: Alarm }) {
  const of = `isolate-${alarm.id}-`;
  const reason = draft(`${of}reason`);
  const { busy, refusal, send } = useSending(() => { forget(of); closeForm(); });
  const go = (): void => send(() => isolate(alarm, { reason: reason.value, purpose: draft(`${of}purpose`, "repair").value, order: draft(`${of}order`).value, hours: Number(draft(`${of}hours`, "8").value) }));
  return (
    <Confirm title={fill(words.isolateTitle, tell(alarm.shown.head))} will={[say(words.isolateWill)]} wont={[say(words.isolateWont)]} go={say(words.isolate)}
      why={here() ?? (missing(reason.value) && `${say(words.reason)}: ${say(words.required)}`)} busy={busy} refusal={refusal} typed careful onBack={closeForm} onGo={go}>
      <div class="fields">
        <Field name={`${of}reason`} label={say(words.reason)} />
        <Choice name={`${of}hours`} label={say(words.reviewIn)} first="8">{REVIEWS.map((hours) => <option key={hours} value={hours}>{hours > 24 ? fill(words.days, hours / 24) : fill(words.hours, hours)}</option>)}</Choice>
        <Choice name={`${of}purpose`} label={say(words.purpose)} first="repair">
          <option value="repair">{say(words.repair)}</option><option value="hot-work">{say(words.hotWork)}</option><option value="test">{say(words.testing)}</option>
        </Choice>
        <Field name={`${of}order`} label={say(words.order)} max={200} />
      </div>
    </Confirm>
  );
}

function ReleaseForm() {
  const { busy, refusal, send } = useSending(closeForm);
  const point = chosen.value?.alarm.point;
  const all = section("isolations").value ?? [];
  const held = releasing.value === null ? (point === undefined ? null : isolationOf(all, point)) : (all.find((one) => one.id === releasing.value) ?? null);
  if (!held) return null;
  return (
    <Confirm title={fill(words.releaseTitle, `${tell(held.head)} ${tell(held.left)}`.trim())} will={[say(words.releaseWill)]} wont={[say(words.releaseWont)]} go={say(words.release)}
      why={here()} busy={busy} refusal={refusal} onBack={closeForm} onGo={() => send(() => release(held))} />
  );
}

function ResetForm({ alarm }: { readonly alarm: Alarm | null }) {
  const { busy, refusal, send } = useSending(closeForm);
  const picked = useSignal<string | null>(null);
  const scopes = scopesFor(section("resets").value ?? [], alarm);
  const name = (scope: Reset): string => JSON.stringify(scope.scope);
  const scope = scopes.find((one) => name(one) === picked.value) ?? scopes[0];
  const owes = (one: Reset): string => fill(words.owedFirst, one.owed.length);
  return (
    <Confirm title={say(words.resetTitle)} will={[say(words.resetWill), say(words.resetWill2)]} wont={[say(words.resetWont)]} go={scope ? fill(words.resetWhere, tell(scope.name)) : say(words.reset)}
      why={here() ?? (!scope ? say(words.nothingToReset) : scope.owed.length > 0 ? owes(scope) : null)} busy={busy} refusal={refusal} onBack={closeForm} onGo={() => scope && send(() => reset(scope))}>
      <div class="choices column" role="radiogroup" aria-label={say(words.resetTitle)}>
        {scopes.map((one) => (
          <label key={name(one)} class={`choice ${one === scope ? "on" : ""}`}><input type="radio" name="scope" checked={one === scope} onChange={() => { picked.value = name(one); }} /> {tell(one.name)}
            <small>{one.owed.length > 0 ? `${owes(one)}: ${one.owed.slice(0, 2).map((id) => tell(alarms.value.get(id)?.shown.head)).join(" · ")}` : ""}</small></label>
        ))}
      </div>
    </Confirm>
  );
}

function NoteForm({ alarm }: { readonly alarm: Alarm }) {
  const of = `note-${alarm.id}-`;
  const text = draft(`${of}text`);
  const { busy, refusal, send } = useSending(() => { forget(of); closeForm(); });
  return (
    <Confirm title={fill(words.noteTitle, tell(alarm.shown.head))} will={[say(words.noteWill)]} wont={[]} go={say(words.save)} why={here() ?? missing(text.value)} busy={busy} refusal={refusal} typed onBack={closeForm} onGo={() => send(() => note(alarm.id, text.value))}>
      <Field name={`${of}text`} label={say(words.noteText)} />
    </Confirm>
  );
}

function CallForm({ alarm }: { readonly alarm: Alarm }) {
  const of = `call-${alarm.id}-`;
  const called = draft(`${of}called`, "119");
  const { busy, refusal, send } = useSending(() => { forget(of); closeForm(); });
  return (
    <Confirm title={say(words.callTitle)} will={[say(words.callWill)]} wont={[say(words.callWont)]} go={say(words.save)} why={here() ?? missing(called.value)} busy={busy} refusal={refusal} typed onBack={closeForm}
      onGo={() => send(() => call(alarm, called.value, draft(`${of}note`).value))}>
      <div class="fields"><Field name={`${of}called`} label={say(words.called)} first="119" max={100} /><Field name={`${of}note`} label={say(words.callNote)} /></div>
    </Confirm>
  );
}

/** What became of an alarm: its cause, what was done, how it stands now (FL-04). */
export function HandledForm({ id, name, onBack }: { readonly id: string; readonly name: string; readonly onBack: () => void }) {
  const of = `handled-${id}-`;
  const [cause, measure, result] = [draft(`${of}cause`), draft(`${of}measure`), draft(`${of}result`)];
  const { busy, refusal, send } = useSending(() => { forget(of); onBack(); });
  const owed = (label: Phrase, text: string): string | null => missing(text) && `${say(label)}: ${say(words.required)}`;
  return (
    <Confirm title={fill(words.handledTitle, name)} will={[say(words.handledWill)]} wont={[say(words.handledWont)]} go={say(words.save)} why={here() ?? owed(words.handledCause, cause.value) ?? owed(words.handledMeasure, measure.value)} busy={busy} refusal={refusal} typed onBack={onBack}
      onGo={() => send(() => handled(id, { cause: cause.value, measure: measure.value, result: result.value }, name))}>
      <div class="fields"><Field name={`${of}cause`} label={say(words.handledCause)} /><Field name={`${of}measure`} label={say(words.handledMeasure)} /><Field name={`${of}result`} label={say(words.handledResult)} /></div>
    </Confirm>
  );
}

function BulkForm() {
  const { busy, refusal, send } = useSending(closeForm);
  // What others acknowledged meanwhile needs no second one; what came meanwhile was not seen.
  const list = bulk.value.filter((alarm) => { const held = alarms.value.get(alarm.id); return held !== undefined && isOwed(held); });
  const fires = hidden([...alarms.value.values()].filter(isOwed), filter.value).fires;
  return (
    <Confirm title={fill(words.bulkTitle, list.length)} will={[fill(words.ackWill, list.length)]} wont={[say(words.ackWont)]} go={fill(words.acknowledgeN, list.length)}
      why={here() ?? (list.length === 0 ? say(words.nothingOwed) : fires > 0 ? fill(words.bulkFiltered, fires) : null)} busy={busy} refusal={refusal} onBack={closeForm} onGo={() => send(() => acknowledgeMany(list))}>
      <ol class="bulk-list">{list.map((alarm) => <li key={alarm.id}>{tell(alarm.shown.category_text)} {tell(alarm.shown.head)} {tell(alarm.shown.left)}</li>)}</ol>
    </Confirm>
  );
}
