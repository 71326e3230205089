// The keys of a panel besides silence and reset, and what is noticed at it (FA-08).
//
// Takes: a panel.
// Gives: cancel, and the report of an abnormal sound, light or smell.
// Never: takes cancelling for resetting.

import { lost } from "../../shared/feed/feed";
import { fill, say, tell } from "../../shared/words";
import { cancelAt, reportAbnormal } from "../acts";
import { Confirm } from "../confirm";
import { draft, forget } from "../desk";
import { barred } from "../faces";
import { Field } from "../field";
import { useSending } from "../forms";
import { who } from "../who";
import { words } from "../words";
import type { Equipped } from "./offer";
import { work } from "./words";

const KEYS = ["cancel", "abnormal"] as const;

/** The keys; one of them asks below. */
export function PanelKeys({ held, open, onOpen }: { readonly held: Equipped; readonly open: string | null; readonly onOpen: (which: string | null) => void }) {
  const why = barred({ who: who.value, lost: lost.value });
  const back = (): void => onOpen(null);
  return (
    <section class="panel-keys" aria-label={say(work.panelKeys)}>
      <p class="buttons">
        {KEYS.map((key) => <button key={key} type="button" id={`key-${key}`} class="small" aria-disabled={why !== null} aria-expanded={open === key} onClick={() => { if (why === null) onOpen(open === key ? null : key); }}>{say(work[key])}{why !== null && <small>{why}</small>}</button>)}
      </p>
      {open === "cancel" && <CancelForm held={held} why={why} onBack={back} />}
      {open === "abnormal" && <AbnormalForm held={held} why={why} onBack={back} />}
    </section>
  );
}

interface Asked {
  readonly held: Equipped;
  readonly why: string | null;
  readonly onBack: () => void;
}

function CancelForm({ held, why, onBack }: Asked) {
  const { busy, refusal, send } = useSending(onBack);
  const name = tell(held.name);
  return <Confirm title={fill(work.cancelTitle, name)} will={[say(work.cancelWill)]} wont={[say(work.cancelWont)]} go={say(work.cancel)} why={why} busy={busy} refusal={refusal} onBack={onBack} onGo={() => send(() => cancelAt(held.id, name))} />;
}

function AbnormalForm({ held, why, onBack }: Asked) {
  const of = `abnormal-${held.id}-`;
  const text = draft(`${of}text`);
  const { busy, refusal, send } = useSending(() => { forget(of); onBack(); });
  const name = tell(held.name);
  const owed = text.value.trim() === "" ? `${say(work.abnormalWhat)}: ${say(words.required)}` : null;
  return (
    <Confirm title={fill(work.abnormalTitle, name)} will={[say(work.abnormalWill)]} wont={[say(work.abnormalWont)]} go={say(work.abnormal)} why={why ?? owed} busy={busy} refusal={refusal} typed careful onBack={onBack} onGo={() => send(() => reportAbnormal(held.id, name, text.value))}>
      <Field name={`${of}text`} label={say(work.abnormalWhat)} />
    </Confirm>
  );
}
