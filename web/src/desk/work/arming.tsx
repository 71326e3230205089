// Arm, then fire: what takes two acts of one person.
//
// Takes: a target whose command is dangerous.
// Gives: the two acts, with the time that is left between them.
// Never: fires what the same person did not arm; starts on the button that acts, for the first act or the second.

import { useSignal } from "@preact/signals";
import { ticking } from "../../shared/clock";
import { lost, section } from "../../shared/feed/feed";
import { age, millis } from "../../shared/format";
import { fill, say } from "../../shared/words";
import { carry } from "../carry";
import { Confirm } from "../confirm";
import { barred } from "../faces";
import { useSending } from "../forms";
import { who } from "../who";
import type { Role } from "../who";
import { work } from "./words";

interface Props {
  /** What is commanded, in words. */
  readonly name: string;
  readonly target: object;
  readonly verb: string;
  readonly role?: Role;
  readonly onBack: () => void;
  readonly onSent: (id: string) => void;
}

/** The two acts. */
export function Arming({ name, target, verb, role = "operator", onBack, onSent }: Props) {
  const made = useSignal<{ readonly id: string; readonly until: string } | null>(null);
  const { busy, refusal, send } = useSending(() => undefined);
  const held = made.value && millis(made.value.until) > ticking.value ? made.value : null;
  const go = (): void => send(async () => {
    const body = { target, verb, arm: held ? held.id : true };
    const outcome = await carry({ what: `${say(held ? work.fire : work.arm)} ${name}`, method: "POST", path: "commands", body, commands: held !== null });
    const { id, armed, until } = outcome.kind === "answered" ? outcome.body : {};
    if (held && typeof id === "string") onSent(id);
    else if (typeof armed === "string" && typeof until === "string") made.value = { id: armed, until };
    return outcome;
  });
  const over = made.value !== null && held === null;
  const will = held ? [fill(work.armedFor, age(millis(held.until) - ticking.value))] : over ? [say(work.disarmed), say(work.armDoes)] : [say(work.armDoes)];
  return (
    <Confirm key={held ? "fire" : "arm"} title={name} will={will} wont={held ? [say(work.fireWont)] : [say(work.armWont)]} go={say(held ? work.fire : work.arm)}
      why={barred({ who: who.value, lost: lost.value }, role)} busy={busy} refusal={refusal} onBack={onBack} onGo={go} />
  );
}

/** Who has armed a command now, and for how long still: everybody at a desk sees it. */
export function ArmedBy({ point, verb }: { readonly point: string; readonly verb: string }) {
  const held = (section("commands").value?.armed ?? []).filter((one) => one.point === point && one.verb === verb && millis(one.until) > ticking.value);
  return <>{held.map((one) => <b key={one.id} class="tag armed">{fill(work.armedBy, one.by, age(millis(one.until) - ticking.value))}</b>)}</>;
}
