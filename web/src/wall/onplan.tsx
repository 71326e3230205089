// Where it burns: the section of the site, and the plan of the first alarm's floor.
//
// Takes: plans, open alarms, isolations, devices that do not answer.
// Gives: the left part, and the middle while something alarms.
// Never: a plan of another floor than the first alarm's; without a plan, none is drawn up.

import { computed } from "@preact/signals";
import { now } from "../shared/clock";
import { alarms, lost, ready, section } from "../shared/feed/feed";
import type { Alarm, Health, Site } from "../shared/feed/types";
import { dayClock } from "../shared/format";
import { plans } from "../shared/plan/drawing";
import { Plan } from "../shared/plan/plan";
import { Section } from "../shared/plan/section";
import { shownOf } from "../shared/plan/shown";
import type { Building, FloorName, PlanMark } from "../shared/plan/types";
import { fill, language, say, tell } from "../shared/words";
import { clauses } from "./fit";
import { NUMERAL } from "./sign";
import { wall } from "./words";

const shown = computed(() => shownOf(alarms.value.values(), section("isolations").value ?? [], section("banner").value?.alarm ?? null));

/** Floors that nobody can see, in buildings that can be seen; which these are the gateway says. */
export function darkFloors(health: Health | null): readonly PlanMark[] {
  const words = { zh: "", en: "" };
  return (health?.dark.floors ?? []).map(({ building, floor, devices }) => ({ point: devices[0] ?? "", place: { building, floor, zone: null, text: words }, words }));
}

/** Buildings as the site names them, until what is known of plans was read. */
export function buildingsOf(site: Site | null): Building[] {
  const floor = (id: string) => ({ floor: id, below_ground: /^(B|-)/i.test(id), plan: false });
  return (site?.buildings ?? []).map((one) => ({ building: one.id, name: one.name, floors: one.floors.map(floor) }));
}

/** The section; without a feed every building is unknown, and what burned still burns. */
export function SiteSection() {
  const buildings = plans.value?.buildings ?? buildingsOf(section("site").value);
  const dark = lost.value || !ready.value;
  const health = section("health").value;
  const gone = dark ? buildings.map((one) => one.building) : (health?.dark.buildings ?? []);
  const { alarms: burning, ...known } = shown.value;
  const marks = { ...known, unknown: [...known.unknown, ...darkFloors(health)] };
  const none = { isolated: [], faults: [], unknown: [] };
  return <Section buildings={buildings} shown={{ alarms: burning, ...(dark ? none : marks) }} lost={gone} />;
}

/** The floor of an alarm, where there is a plan of it. */
export function planned(alarm: Alarm): FloorName | null {
  const { building, floor } = alarm.place;
  const has = plans.value?.plans.some((one) => one.building === building && one.floor === floor);
  return has && building !== null && floor !== null ? { building, floor } : null;
}

const short = (id: string): boolean => [...id].length <= NUMERAL;

/** The plan with who has the alarm above it, and the next step below. */
export function PlanPart({ alarm, at, wide }: { readonly alarm: Alarm; readonly at: FloorName; readonly wide: number }) {
  // Two lines at most: the plan is not made smaller for words that the desk has in full.
  const next = clauses(tell(alarm.next) || say(wall.noAdvice), (wide - 40) / 22, 2);
  // English is longer, and the sign above has the building.
  const where = language === "zh" ? `${short(at.building) ? at.building + say(wall.numeralBuilding) : at.building} ${at.floor}${say(wall.numeralFloor)}` : `${say(wall.numeralFloor)} ${at.floor}`;
  return (
    <section class="plan-part">
      <h2><b>{where}</b><span class={`more ${alarm.ack ? "" : "owed"}`}>{alarm.ack ? fill(wall.ackedBy, alarm.ack.by, dayClock(alarm.ack.at, now()).replace(/:\d\d$/, "")) : say(wall.notAcked)}</span></h2>
      <Plan plans={plans.value ?? { buildings: [], plans: [] }} at={at} shown={shown.value} lines={1} />
      <p class="next"><span>{say(wall.next)}</span> <b>{next}</b></p>
    </section>
  );
}
