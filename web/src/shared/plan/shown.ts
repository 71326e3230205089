// What the feed says, as plans and sections take it.
//
// Takes: open alarms, the register of isolations.
// Gives: alarms with tiles, and what is isolated, unknown or in trouble.
// Never: a number of its own; a device that is not heard as one in trouble: what it would say is unknown.

import { arrivalOf } from "../arrival";
import type { Alarm, Category, Isolation } from "../feed/types";
import type { OnPlan, PlanMark } from "./types";

/** What makes a floor red. */
const BURNING: readonly Category[] = ["fire", "discharge", "gas"];

/** Everything that plans and sections show. `first` is the id of the alarm that the banner holds. */
export function shownOf(
  open: Iterable<Alarm>,
  isolations: readonly Isolation[],
  first: string | null,
): OnPlan {
  const all = [...open];
  const marks = (of: (alarm: Alarm) => boolean): readonly PlanMark[] =>
    all.filter(of).map((alarm) => ({ point: alarm.point, place: alarm.place, words: alarm.shown.head }));
  const alarms = all.filter((alarm) => alarm.shown.window === "alarms").map((alarm) => ({
    point: alarm.point,
    place: alarm.place,
    number: alarm.arrival ?? null,
    label: arrivalOf(alarm),
    symbol: alarm.shown.symbol,
    burning: BURNING.includes(alarm.shown.counted_as),
    first: alarm.id === first,
    fresh: alarm.ack === null,
    isolated: alarm.inhibit.length > 0,
    words: alarm.shown.head,
  }));
  const isUnknown = (alarm: Alarm): boolean => alarm.category === "link-fault" && alarm.shown.window === "faults";
  return {
    alarms,
    isolated: isolations.map(({ point, place, head }) => ({ point, place, words: head })),
    unknown: marks(isUnknown),
    faults: marks((alarm) => alarm.shown.window === "faults" && !isUnknown(alarm)),
  };
}
