// The floor of the chosen alarm, with everything that happens on it.
//
// Takes: plans, open alarms, isolations.
// Gives: the plan beside the chosen alarm; nothing where its floor has none.
// Never: a plan of another floor; what the feed no longer says is not drawn as known.

import { computed } from "@preact/signals";
import { alarms, lost, section } from "../shared/feed/feed";
import type { Alarm } from "../shared/feed/types";
import { plans } from "../shared/plan/drawing";
import { Plan } from "../shared/plan/plan";
import { shownOf } from "../shared/plan/shown";

const shown = computed(() => shownOf(alarms.value.values(), section("isolations").value ?? [], section("banner").value?.alarm ?? null));

/** The plan of an alarm's floor. */
export function Floor({ alarm }: { readonly alarm: Alarm }) {
  const { building, floor } = alarm.place;
  const known = plans.value;
  if (building === null || floor === null || !known?.plans.some((one) => one.building === building && one.floor === floor)) return null;
  const marks = lost.value ? { ...shown.value, isolated: [], faults: [], unknown: [] } : shown.value;
  return <div class="floor"><Plan plans={known} at={{ building, floor }} shown={marks} lines={2} /></div>;
}
