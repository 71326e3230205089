// How the targets of a linkage stand, in words.
//
// Takes: runs of linkages, the gateway's time.
// Gives: one line for a target, one for a run; whether an action can be released or withdrawn.
// Never: calls a started target done before its feedback arrived.

import type { Action, Run, Target } from "../../shared/feed/types";
import { age, millis } from "../../shared/format";
import { fill, say } from "../../shared/words";
import type { Phrase } from "../../shared/words";
import { work } from "./words";

/** The stage of a target. */
export function stageOf(target: Target, run: Run): string {
  if (target.stage === "started") return say(run.mode === "monitor" ? work.expected : work.started);
  const stages: Readonly<Record<Exclude<Target["stage"], "started">, Phrase>> = { delayed: work.delayed, proposed: work.proposed, withdrawn: work.withdrawn, cancelled: work.cancelled };
  return say(stages[target.stage]);
}

/** What a target waits for, with the time that is left. */
export function feedbackOf(target: Target, action: Action, now: number): string {
  if (target.stage === "delayed") return fill(work.startsIn, age(millis(action.due_at) - now));
  if (target.feedback === "arrived") return say(work.arrived);
  if (target.feedback === "missing") return say(work.missing);
  if (target.stage !== "started") return "";
  if (target.feedback === "none") return say(work.noFeedback);
  return target.feedback_due_at ? fill(work.awaited, age(millis(target.feedback_due_at) - now)) : say(work.awaitedNow);
}

/** Whether something of an action waits for a person. */
export function canRelease(action: Action): boolean {
  return action.targets.some((target) => target.stage === "proposed");
}

/** Whether something of an action can be taken back. */
export function canWithdraw(action: Action, run: Run): boolean {
  return run.mode !== "monitor" && action.targets.some((target) => ["delayed", "proposed", "started"].includes(target.stage));
}

/** A run in one line: what waits, what is awaited, what is missing. */
export function sumUp(run: Run): string {
  const targets = run.actions.flatMap((action) => action.targets);
  const count = (holds: (target: Target) => boolean): number => targets.filter(holds).length;
  const parts: [Phrase, number][] = [
    [work.missing, count((one) => one.feedback === "missing")],
    [work.proposed, count((one) => one.stage === "proposed")],
    [work.delayed, count((one) => one.stage === "delayed")],
    [work.awaitedNow, count((one) => one.stage === "started" && one.feedback === "awaited")],
    [work.arrived, count((one) => one.feedback === "arrived")],
  ];
  return parts.filter(([, found]) => found > 0).map(([phrase, found]) => `${say(phrase)} ${found}`).join(" · ");
}

/** Runs in the order in which they need people: something missing, something proposed, then the newest. */
export function byNeed(runs: readonly Run[]): readonly Run[] {
  const need = (run: Run): number => {
    const targets = run.actions.flatMap((action) => action.targets);
    return targets.some((one) => one.feedback === "missing") ? 0 : targets.some((one) => one.stage === "proposed") ? 1 : 2;
  };
  return runs.filter((run) => run.over_at === null).sort((one, other) => need(one) - need(other) || millis(other.met_at) - millis(one.met_at));
}
