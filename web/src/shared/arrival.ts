// The number of an alarm in its incident, as its tile shows it.
//
// Takes: alarms as the gateway numbers them.
// Gives: the label of a tile, the same in list, plan and section.
// Never: a number of its own: what closes or comes later moves no other alarm's number.

import type { Alarm } from "./feed/types";

/** The label of an alarm's tile: `2`, or `2=` where others came in the same sweep; null where it has no number. */
export function arrivalOf({ arrival, tied }: Pick<Alarm, "arrival" | "tied">): string | null {
  return arrival === undefined ? null : `${arrival}${tied ? "=" : ""}`;
}
