// Tests and drills: what runs, and beginning one.
//
// Takes: the scopes of the feed.
// Gives: the tab.
// Never: begins one without saying what stays live.

import { useSignal } from "@preact/signals";
import { ticking } from "../../shared/clock";
import { lost, section } from "../../shared/feed/feed";
import { dayClock } from "../../shared/format";
import { fill, say, tell } from "../../shared/words";
import { exercise, later } from "../acts";
import { Confirm } from "../confirm";
import { draft, forget } from "../desk";
import { barred } from "../faces";
import { Choice, Field } from "../field";
import { useSending } from "../forms";
import { who } from "../who";
import { words } from "../words";
import { tested } from "./exercise";
import { work } from "./words";

/** Lengths offered, in minutes. */
const LENGTHS = [10, 30, 60, 120, 240, 480] as const;

type Open = null | "test" | "drill" | { readonly kind: "tests" | "drills"; readonly id: string; readonly name: string };

/** The tab. */
export function Exercises() {
  const open = useSignal<Open>(null);
  const scopes = section("scopes").value;
  const back = (): void => { open.value = null; };
  const building = (id: string): string => tell(section("site").value?.buildings.find((one) => one.id === id)?.name) || id;
  const why = barred({ who: who.value, lost: lost.value });
  const whyDrill = barred({ who: who.value, lost: lost.value }, "supervisor");
  const line = (kind: "tests" | "drills", id: string, what: string, fine: string, refused: string | null) => (
    <li key={id}><div><b>{what}</b><p class="dim">{fine}</p></div><button type="button" class="small" aria-disabled={refused !== null} onClick={() => { if (refused === null) open.value = { kind, id, name: what }; }}>{say(work.end)}{refused !== null && <small>{refused}</small>}</button></li>
  );
  const tests = scopes?.tests ?? [];
  const drills = scopes?.drills ?? [];
  const held = open.value;
  return (
    <div class="exercises">
      <h3>{say(work.tests)}</h3>
      {tests.length === 0 && <p class="nothing">{say(work.noTests)}</p>}
      <ul>{tests.map((test) => line("tests", test.id, `${fill(work.pointsN, typeof test.points === "number" ? test.points : test.points.length)} · ${test.reason}`, `${test.by} · ${fill(work.until, dayClock(test.until, ticking.peek()))}`, why))}</ul>
      <h3>{say(work.drills)}</h3>
      {drills.length === 0 && <p class="nothing">{say(work.noDrills)}</p>}
      <ul>{drills.map((drill) => line("drills", drill.id, `${building(drill.building)} · ${drill.reason}`, `${drill.by} · ${fill(work.until, dayClock(drill.until, ticking.peek()))}`, whyDrill))}</ul>
      {held === null && <p class="buttons">
        <button type="button" id="begin-test" aria-disabled={why !== null} onClick={() => { if (why === null) open.value = "test"; }}>{say(work.beginTest)}{why !== null && <small>{why}</small>}</button>
        <button type="button" id="begin-drill" aria-disabled={whyDrill !== null} onClick={() => { if (whyDrill === null) open.value = "drill"; }}>{say(work.beginDrill)}{whyDrill !== null && <small>{whyDrill}</small>}</button>
      </p>}
      {held === "test" && <BeginTest onBack={back} />}
      {held === "drill" && <BeginDrill onBack={back} />}
      {held !== null && typeof held === "object" && <End held={held} onBack={back} />}
    </div>
  );
}

function End({ held, onBack }: { readonly held: { readonly kind: "tests" | "drills"; readonly id: string; readonly name: string }; readonly onBack: () => void }) {
  const { busy, refusal, send } = useSending(onBack);
  const what = `${say(held.kind === "tests" ? work.endTest : work.endDrill)} ${held.name}`;
  return <Confirm title={what} will={[say(work.endWill)]} wont={[say(work.endWont)]} go={say(work.end)} why={barred({ who: who.value, lost: lost.value })} busy={busy} refusal={refusal} onBack={onBack} onGo={() => send(() => exercise(held.kind, what, { id: held.id }))} />;
}

const Length = ({ name }: { readonly name: string }) => <Choice name={name} label={say(work.lasts)} first="60">{LENGTHS.map((minutes) => <option key={minutes} value={minutes}>{fill(work.minutes, minutes)}</option>)}</Choice>;

function BeginTest({ onBack }: { readonly onBack: () => void }) {
  const of = "test-";
  const [scope, which, reason, length] = [draft(`${of}scope`, "zone"), draft(`${of}which`), draft(`${of}reason`), draft(`${of}length`, "60")];
  const { busy, refusal, send } = useSending(() => { forget(of); onBack(); });
  const what = tested(scope.value, which.value);
  const missing = which.value.trim() === "" ? work.which : reason.value.trim() === "" ? work.reason : null;
  const why = barred({ who: who.value, lost: lost.value }) ?? (missing ? `${say(missing)}: ${say(words.required)}` : what === null ? say(work.badLoop) : null);
  return (
    <Confirm title={say(work.beginTest)} will={[say(work.testWill)]} wont={[say(work.testWont)]} go={say(work.beginTest)} why={why} busy={busy} refusal={refusal} typed careful onBack={onBack}
      onGo={() => send(() => exercise("tests", `${say(work.beginTest)} ${which.value}`, { body: { tested: what, reason: reason.value.trim(), until: later(Number(length.value)) } }))}>
      <div class="fields">
        <Choice name={`${of}scope`} label={say(work.what)} first="zone"><option value="zone">{say(work.ofZone)}</option><option value="loop">{say(work.ofLoop)}</option><option value="point">{say(work.ofPoint)}</option><option value="device">{say(work.ofDevice)}</option></Choice>
        <Field name={`${of}which`} label={say(work.which)} max={200} /><Field name={`${of}reason`} label={say(work.reason)} /><Length name={`${of}length`} />
      </div>
    </Confirm>
  );
}

function BeginDrill({ onBack }: { readonly onBack: () => void }) {
  const of = "drill-";
  const buildings = section("site").value?.buildings ?? [];
  const [building, reason, length] = [draft(`${of}building`, buildings[0]?.id ?? ""), draft(`${of}reason`), draft(`${of}length`, "60")];
  const { busy, refusal, send } = useSending(() => { forget(of); onBack(); });
  const why = barred({ who: who.value, lost: lost.value }, "supervisor") ?? (reason.value.trim() === "" ? `${say(work.reason)}: ${say(words.required)}` : null);
  return (
    <Confirm title={say(work.beginDrill)} will={[say(work.drillWill)]} wont={[say(work.drillWont)]} go={say(work.beginDrill)} why={why} busy={busy} refusal={refusal} typed careful onBack={onBack}
      onGo={() => send(() => exercise("drills", `${say(work.beginDrill)} ${building.value}`, { body: { building: building.value, reason: reason.value.trim(), until: later(Number(length.value)) } }))}>
      <div class="fields">
        <Choice name={`${of}building`} label={say(work.building)} first={buildings[0]?.id ?? ""}>{buildings.map((one) => <option key={one.id} value={one.id}>{tell(one.name)}</option>)}</Choice>
        <Field name={`${of}reason`} label={say(work.reason)} /><Length name={`${of}length`} />
      </div>
    </Confirm>
  );
}
