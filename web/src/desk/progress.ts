// What became of each act: requested, accepted, confirmed, or why not.
//
// Takes: acts of this desk as they go, entries of the journal that others caused.
// Gives: `steps`, newest first.
// Never: says confirmed before the gateway or the field did; what nobody heard the end of is said to be unknown.

import { effect, signal } from "@preact/signals";
import { now } from "../shared/clock";
import { section } from "../shared/feed/feed";
import { tell } from "../shared/words";
import { who } from "./who";

/** How far an act is. */
export type Stage = "requested" | "accepted" | "confirmed" | "done" | "failed" | "refused" | "unknown";

/** One act. */
export interface Step {
  readonly id: number;
  readonly what: string;
  readonly by: string;
  /** The gateway's time in milliseconds. */
  readonly at: number;
  readonly stage: Stage;
  /** Why it failed or was refused, or what is still awaited. */
  readonly why: string;
  /** It was somebody else's. */
  readonly foreign: boolean;
}

/** Entries that are kept. */
const KEPT = 12;
/** What went well leaves the strip after this time, in milliseconds; what did not stays until it is taken off. */
const SHOWN_FOR = 12_000;

/** Acts, newest first. */
export const steps = signal<readonly Step[]>([]);

let count = 0;

function put(step: Omit<Step, "id">): number {
  count += 1;
  steps.value = [{ ...step, id: count }, ...steps.value].slice(0, KEPT);
  return count;
}

/** Begins an act of this desk. */
export function requested(what: string): number {
  return put({ what, by: who.value?.user ?? "", at: now(), stage: "requested", why: "", foreign: false });
}

/** Moves an act on. */
export function moved(id: number, stage: Stage, why = ""): void {
  steps.value = steps.value.map((step) => (step.id === id ? { ...step, stage, why, at: now() } : step));
}

/** Whether an act came to an end that nobody has to look at. */
export function isWell(step: Step): boolean {
  return step.stage === "confirmed" || step.stage === "done";
}

/** Whether an act is still on its way. */
export function isRunning(step: Step): boolean {
  return step.stage === "requested" || step.stage === "accepted";
}

/** What the strip shows: what did not go well first to last until it is taken off, and what is new. */
export function shownSteps(all: readonly Step[], at: number): readonly Step[] {
  return all.filter((step) => !isWell(step) || at - step.at < SHOWN_FOR);
}

/** Takes what is over off the strip. */
export function clearSteps(): void {
  steps.value = steps.value.filter(isRunning);
}

/** Shows what others do, as the feed tells it; called once. */
export function followOthers(): void {
  let seen: string | null = null;
  effect(() => {
    const last = section("last").value;
    if (!last?.[0]) return;
    const until = seen;
    seen = last[0].id;
    // What happened before this desk was opened is in the journal.
    if (until === null) return;
    const fresh = last.slice(0, Math.max(0, last.findIndex((entry) => entry.id === until)));
    for (const entry of fresh.toReversed()) {
      if (entry.by === null || entry.by === who.peek()?.user) continue;
      put({ what: `${tell(entry.kind)} ${tell(entry.about)}`.trim(), by: entry.by, at: now(), stage: "done", why: "", foreign: true });
    }
  });
}
