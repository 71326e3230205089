// What happened, as it is told beside a chart.
//
// Takes: alarms, isolations, tests, drills and incidents from the gateway.
// Gives: rows in order of time with their words; the tone of a category.
// Never: decides what a state means; texts of alarms come from the gateway.

import { millis } from "../shared/format";
import { say, tell } from "../shared/words";
import type { Phrase } from "../shared/words";
import type { Category } from "../shared/feed/types";
import type { Happened, Marks } from "./api";
import { trendWords as words } from "./words";

/** How something is coloured: people in danger, a lost source, other alarms, what equipment did, what was set aside. */
export type Tone = "fire" | "lost" | "fault" | "act" | "dis";

/** One row of what happened. */
export interface Event {
  readonly id: string;
  readonly tone: Tone;
  readonly symbol: string;
  readonly from: number;
  /** Null while it goes on. */
  readonly to: number | null;
  readonly text: string;
  readonly acknowledged: number | null;
  readonly reset: number | null;
  /** Where more of it stands. */
  readonly href: string | null;
}

/** The tone of a category. */
export function toneOf(category: Category | undefined): Tone {
  switch (category) {
    case "fire": case "discharge": case "gas": case "emergency": return "fire";
    case "link-fault": return "lost";
    case "start": case "feedback": case "delay": return "act";
    case "disabled": case "test": return "dis";
    default: return "fault";
  }
}

/** The tone of a symbol: only the triangle of a fault is drawn on yellow, the others of that tone are plain ink. */
export function symbolTone({ tone, symbol }: Event): string {
  return tone === "fault" && symbol !== "fault" ? "" : tone;
}

/** Everything that happened, oldest first. */
export function eventsOf(marks: Marks): Event[] {
  const events = [
    ...marks.incidents.flatMap((incident) => spells(incident, toneOf(incident.category), incident.symbol ?? "fire", named(words.incident, incident), incident.alarm ?? null)),
    ...marks.alarms.flatMap((alarm) => spells(alarm, toneOf(alarm.category), alarm.symbol ?? "fault", alarmText(alarm), alarm.id)),
    ...marks.isolations.flatMap((one) => spells(one, "dis", "disabled", because(words.isolation, one), null)),
    ...marks.tests.flatMap((one) => spells(one, "dis", "disabled", because(words.test, one), null)),
    ...marks.drills.flatMap((one) => spells(one, "dis", "disabled", because(words.drill, one), null)),
  ];
  return events.sort((one, other) => one.from - other.from);
}

function spells(of: Happened, tone: Tone, symbol: string, text: string, alarm: string | null): Event[] {
  return of.spells.map((spell, place) => {
    const [from, to] = [millis(spell.from), spell.to === null ? null : millis(spell.to)];
    const next = millis(of.spells[place + 1]?.from);
    // What was acknowledged or reset belongs to the spell after which it happened, and before the next one.
    const mine = (at: number): boolean => at >= from && !(at >= next);
    const acknowledged = (of.acknowledged ?? []).map(millis).find(mine) ?? null;
    const reset = [millis(of.reset)].find((at) => !Number.isNaN(at) && mine(at)) ?? null;
    return { id: of.id, tone, symbol, from, to, text, acknowledged, reset, href: alarm && `/alarm/${alarm}` };
  });
}

function alarmText(alarm: Happened): string {
  const [category, name] = [tell(alarm.category_text), tell(alarm.name)];
  return name.includes(category) ? name : `${category} ${name}`;
}

function named(kind: Phrase, of: Happened): string {
  return `${say(kind)} ${tell(of.name)}`.trim();
}

function because(kind: Phrase, of: Happened): string {
  return [say(kind), tell(of.name), of.reason, of.by].filter(Boolean).join(" · ");
}
