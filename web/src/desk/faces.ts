// What the face of each act says, and why it would be refused.
//
// Takes: the chosen alarm, who is here, the state of the feed.
// Gives: for each act its second line, and the reason where it is refused.
// Never: hides an act. What it says early, the gateway decides again.

import type { Alarm, Isolation, Reset } from "../shared/feed/types";
import { dayClock } from "../shared/format";
import { fill, say, tell } from "../shared/words";
import { isOwed } from "./order";
import type { Role, Who } from "./who";
import { atLeast } from "./who";
import { words } from "./words";

/** The acts at their fixed places. */
export const ACTS = ["acknowledge", "verdict", "isolate", "reset", "note", "call"] as const;
/** One of them. */
export type ActName = (typeof ACTS)[number];

/** What a button says. */
export interface Face {
  readonly label: string;
  /** What it will do, or the reason why not. */
  readonly line: string;
  readonly refused: boolean;
}

/** What is looked at. */
export interface Sight {
  readonly alarm: Alarm | null;
  readonly open: boolean;
  readonly who: Who | null;
  readonly lost: boolean;
  readonly isolations: readonly Isolation[];
  readonly resets: readonly Reset[];
  readonly now: number;
}

const INCIDENT: ReadonlySet<string> = new Set(["fire", "discharge", "gas", "emergency"]);

/** Why nobody here may act at all, or a role may not. */
export function barred(sight: Pick<Sight, "who" | "lost">, least: Role = "operator"): string | null {
  if (sight.lost) return say(words.noConnection);
  if (sight.who === null) return say(words.logInFirst);
  if (!atLeast(sight.who.role, "operator")) return say(words.onlyLook);
  return atLeast(sight.who.role, least) ? null : fill(words.needsRole, say(words[least]));
}

/** The isolation of a point, where it has one. */
export function isolationOf(isolations: readonly Isolation[], point: string): Isolation | null {
  return isolations.find((held) => held.point === point) ?? null;
}

/** The scopes of a reset with those of the chosen alarm first. */
export function scopesFor(resets: readonly Reset[], alarm: Alarm | null): readonly Reset[] {
  const of = (reset: Reset): number => (alarm && reset.waiting.includes(alarm.id) ? 0 : 1);
  return [...resets].sort((one, other) => of(one) - of(other));
}

/** Whether an alarm is judged at all. */
export function isJudged(alarm: Alarm): boolean {
  return INCIDENT.has(alarm.category) || alarm.category === "prealarm";
}

/** The face of an act. */
export function face(act: ActName, sight: Sight): Face {
  const label = labelOf(act, sight);
  const why = barred(sight) ?? (act === "reset" ? null : closed(sight)) ?? own(act, sight);
  return why === null ? { label, line: line(act, sight), refused: false } : { label, line: why, refused: true };
}

function labelOf(act: ActName, sight: Sight): string {
  const held = sight.alarm && isolationOf(sight.isolations, sight.alarm.point);
  if (act === "isolate" && held) return say(words.release);
  return say(words[act]);
}

function closed({ alarm, open }: Sight): string | null {
  if (!alarm) return say(words.chooseFirst);
  return open ? null : say(words.isClosed);
}

function own(act: ActName, { alarm, isolations, resets, now }: Sight): string | null {
  if (act === "reset") {
    if (resets.length === 0) return say(words.nothingToReset);
    const owed = new Set(resets.flatMap((reset) => reset.owed)).size;
    return resets.every((reset) => reset.owed.length > 0) ? fill(words.owedFirst, owed) : null;
  }
  if (!alarm) return null;
  switch (act) {
    case "acknowledge":
      if (alarm.ack) return `${alarm.ack.by} ${dayClock(alarm.ack.at, now)}`;
      return isOwed(alarm) ? null : say(words.nothingOwed);
    case "verdict":
      return isJudged(alarm) ? null : say(words.notJudged);
    case "isolate":
      return isolationOf(isolations, alarm.point)?.at === "panel" ? say(words.atPanel) : null;
    case "call":
      return INCIDENT.has(alarm.category) ? null : say(words.noCall);
    case "note":
      return null;
  }
}

function line(act: ActName, { alarm, isolations, resets }: Sight): string {
  switch (act) {
    case "acknowledge":
      return say(words.oneStops);
    case "verdict":
      return alarm && alarm.verdict !== "unverified" ? tell(alarm.shown.verdict_text) : say(words.realFalseDrill);
    case "isolate": {
      const held = alarm && isolationOf(isolations, alarm.point);
      return held ? fill(words.isolatedBy, held.by ?? "") : say(words.reasonAndReview);
    }
    case "reset":
      return fill(words.scopesN, resets.filter((reset) => reset.owed.length === 0).length);
    case "note":
      return say(words.ownWords);
    case "call":
      return alarm?.calls?.length ? fill(words.callsN, alarm.calls.length) : say(words.whoWasCalled);
  }
}
