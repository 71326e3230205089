// Asking the chosen device who it is.
//
// Takes: a press of the button, by somebody who may.
// Gives: what the device says, against what its profile means, and what to do next.
// Never: an answer of one device beside another, or a button that says nothing when it is refused.

import { useSignal } from "@preact/signals";
import { fill, say, tell } from "../shared/words";
import type { Text } from "../shared/words";
import type { Identified } from "./types";
import { texts, verdicts } from "./words";

const MAY: readonly (string | undefined)[] = ["engineer", "manager"];

async function ask(id: string): Promise<Identified | Text> {
  try {
    const answer = await fetch(`/api/v1/devices/${encodeURIComponent(id)}/identify`, { method: "POST" });
    const body = (await answer.json()) as Identified & { message: Text };
    return answer.ok ? body : body.message;
  } catch {
    return { zh: texts.notSent[0], en: texts.notSent[1] };
  }
}

function Answer({ told }: { readonly told: Identified }) {
  const doubtful = told.verdict !== "same" && told.verdict !== "cannot-tell";
  return (
    <div class={doubtful ? "answer hatched" : "answer"}>
      <p><b>{say(verdicts[told.verdict])}</b> {tell(told.words)}</p>
      {told.next && <p>{tell(told.next)}</p>}
      <p class="dim">{tell(told.own)}</p>
      {told.objects.length > 0 && (
        <ul class="statuses">{told.objects.map((one) => <li key={one.object}>{tell(one.name)} <b>{one.text}</b></li>)}</ul>
      )}
      {told.registers && (
        <p class="min dim">
          {told.registers.table} {told.registers.start} x{told.registers.count}{" "}
          <span class="mono">{told.registers.found ?? "?"}</span>
          {told.registers.expected.length > 0 && <> {fill(texts.expected, told.registers.expected.join(" / "))}</>}
        </p>
      )}
      {!told.recorded && <p class="bad">{say(texts.notRecorded)}</p>}
    </div>
  );
}

/** The button and its answer; made anew with each device. */
export function Identify({ id }: { readonly id: string }) {
  const under = useSignal(false);
  const told = useSignal<Identified | Text | null>(null);
  const may = MAY.includes(document.body.dataset.role);
  const press = () => {
    if (!may || under.value) return;
    under.value = true;
    void ask(id).then((answer) => {
      told.value = answer;
      under.value = false;
    });
  };
  const answer = told.value;
  return (
    <div class="identify">
      <button type="button" aria-disabled={!may || under.value} onClick={press}>
        {say(under.value ? texts.identifying : texts.identify)}
      </button>
      {!may && <span class="min dim">{say(texts.identifyNeeds)}</span>}
      <div aria-live="polite">
        {answer && ("verdict" in answer ? <Answer told={answer} /> : <p class="bad">{tell(answer)}</p>)}
      </div>
    </div>
  );
}
