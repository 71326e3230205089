// What was commanded against what was fed back.
//
// Takes: runs of linkages.
// Gives: their targets, the missing ones first, and how many are fed back.
// Never: counts a target whose feedback nobody waits for.

import type { Action, Run, Target } from "../shared/feed/types";

/** One target with what it belongs to. */
export interface Awaited {
  readonly key: string;
  readonly run: Run;
  readonly action: Action;
  readonly target: Target;
  readonly state: "missing" | "proposed" | "awaited" | "delayed" | "arrived" | "started" | "withdrawn" | "cancelled";
}

/** The order of what people must look at. */
const URGENCY: readonly Awaited["state"][] = ["missing", "proposed", "delayed", "awaited", "started", "arrived", "withdrawn", "cancelled"];

function stateOf(target: Target): Awaited["state"] {
  if (target.feedback === "missing") return "missing";
  if (target.feedback === "arrived") return "arrived";
  if (target.stage === "started") return target.feedback === "awaited" ? "awaited" : "started";
  return target.stage;
}

/** All targets: missing first, then what waits for people, then what runs; in the order of the site within each. */
export function targets(runs: readonly Run[]): Awaited[] {
  const all = runs.flatMap((run) => run.actions.flatMap((action, place) => action.targets.map((target): Awaited => ({ key: `${run.id}/${place}/${target.point}`, run, action, target, state: stateOf(target) }))));
  const rank = (one: Awaited): number => URGENCY.indexOf(one.state);
  return all.map((one, index) => ({ one, index })).sort((a, b) => rank(a.one) - rank(b.one) || a.index - b.index).map(({ one }) => one);
}

/** How many feedbacks are owed, and how many of them came. */
export function feedbacks(all: readonly Awaited[]): { readonly arrived: number; readonly owed: number } {
  const owed = all.filter((one) => one.target.feedback !== "none");
  return { arrived: owed.filter((one) => one.state === "arrived").length, owed: owed.length };
}
