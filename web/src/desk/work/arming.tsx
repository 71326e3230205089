// Arm, then fire: what takes two acts of one person.
//
// Takes: a code that means one target whose command is dangerous.
// Gives: the two acts, with the time that is left between them.
// Never: fires what the same person did not arm.

import { useSignal } from "@preact/signals";
import { ticking } from "../../shared/clock";
import { lost } from "../../shared/feed/feed";
import { age, millis } from "../../shared/format";
import { fill, say } from "../../shared/words";
import { carry } from "../carry";
import { Confirm } from "../confirm";
import { barred } from "../faces";
import { useSending } from "../forms";
import { who } from "../who";
import { targetOf } from "./code";
import type { Typed } from "./code";
import { work } from "./words";

/** The two acts. */
export function Arming({ typed, onBack, onSent }: { readonly typed: Typed; readonly onBack: () => void; readonly onSent: (id: string) => void }) {
  const armed = useSignal<{ readonly id: string; readonly until: string } | null>(null);
  const { busy, refusal, send } = useSending(() => undefined);
  const held = armed.value && millis(armed.value.until) > ticking.value ? armed.value : null;
  const name = `${say(work[typed.verb])} ${typed.code}${typed.type ? `·${typed.type}` : ""}`;
  const go = (): void => send(async () => {
    const body = { target: targetOf(typed), verb: typed.verb, arm: held ? held.id : true };
    const outcome = await carry({ what: `${say(held ? work.fire : work.arm)} ${name}`, method: "POST", path: "commands", body, commands: held !== null });
    const { id, armed: made, until } = outcome.kind === "answered" ? outcome.body : {};
    if (held && typeof id === "string") onSent(id);
    else if (typeof made === "string" && typeof until === "string") armed.value = { id: made, until };
    return outcome;
  });
  return (
    <Confirm key={held ? "fire" : "arm"} title={name} will={[held ? fill(work.armedFor, age(millis(held.until) - ticking.value)) : say(work.armDoes)]} wont={[]} go={say(held ? work.fire : work.arm)}
      why={barred({ who: who.value, lost: lost.value })} busy={busy} refusal={refusal} onBack={onBack} onGo={go} />
  );
}
