// What is open in each building.
//
// Takes: open alarms, the buildings with their floors from below.
// Gives: floors with fire, the first alarm's first, and counts.
// Never: counts a point under test as a fire.

import type { Alarm, Site } from "../shared/feed/types";
import { compareIds } from "./rows";

/** What is open in one building. */
export interface Open {
  /** Floors with fire, in the order in which it reached them. */
  readonly fires: string[];
  faults: number;
  disabled: number;
}

/** What is open, by building. */
export function floorsOf(open: Iterable<Alarm>, buildings: Site["buildings"]): ReadonlyMap<string, Open> {
  const found = new Map<string, Open>(buildings.map((building) => [building.id, { fires: [], faults: 0, disabled: 0 }]));
  for (const alarm of [...open].sort((a, b) => compareIds(a.id, b.id))) {
    const here = found.get(alarm.place.building ?? "");
    if (!here) continue;
    const floor = alarm.place.floor ?? "?";
    if (alarm.shown.counted_as === "fire" && !here.fires.includes(floor)) here.fires.push(floor);
    if (alarm.shown.window === "faults") here.faults += 1;
    if (alarm.shown.window === "set-aside") here.disabled += 1;
  }
  return found;
}
