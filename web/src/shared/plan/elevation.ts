// The section of a site: buildings side by side, floors from the bottom up, the ground between them.
//
// Takes: buildings, and what is shown on their floors.
// Gives: rectangles and labels in units of a view box 330 wide and 505 high; names of floors have the right third to themselves.
// Never: a floor that is not listed; an alarm without a floor is told at its building.

import { fill, say } from "../words";
import { byNumber, isOn } from "./spot";
import { planWords } from "./words";
import type { Building, OnPlan } from "./types";

/** What a floor is shown as, most urgent first. */
export type FloorState = "fire" | "unknown" | "isolated" | "fault" | "normal";

/** One floor as it is drawn. */
export interface DrawnFloor {
  readonly floor: string;
  readonly y: number;
  readonly height: number;
  readonly belowGround: boolean;
  readonly states: ReadonlySet<FloorState>;
  /** Somebody has yet to acknowledge an alarm of it. */
  readonly fresh: boolean;
  /** Lowest number of its alarms. */
  readonly number: number | null;
}

/** One building as it is drawn. */
export interface DrawnBuilding {
  readonly building: string;
  readonly x: number;
  readonly width: number;
  /** Top of its highest floor. */
  readonly top: number;
  readonly floors: readonly DrawnFloor[];
  readonly lost: boolean;
  /** An alarm of it has no floor. */
  readonly fireSomewhere: boolean;
  readonly burning: boolean;
}

/** The name of a floor, beside it. */
export interface FloorLabel {
  readonly building: string;
  /** The floor; null where it is not known. */
  readonly floor: string | null;
  /** Where the line leaves the building. */
  readonly fromX: number;
  readonly fromY: number;
  /** Where the text begins, and its baseline. */
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** A whole section. */
export interface Elevation {
  readonly width: number;
  readonly height: number;
  readonly ground: number;
  readonly buildings: readonly DrawnBuilding[];
  /** Where names of floors begin. */
  readonly labelX: number;
  readonly labels: readonly FloorLabel[];
  /** Floors with fire that have no label. */
  readonly more: number;
  /** Baseline and size of the buildings' names. */
  readonly nameY: number;
  readonly nameSize: number;
}

const WIDTH = 330;
/** Of which buildings take so much: the names of floors are always at the same place, and nothing moves when a fire begins. */
const SPAN = 214;
const LABEL_X = SPAN + 16;
const HEIGHT = 505;
/** What is left for names below the basements. */
const NAMES = 66;
const TALLEST = 40;
const ROOF = 28;
/** Labels that are written; more are told as a number. */
const LABELS = 3;
const FIRST_SIZE = 56;
const SIZE = 44;

/** Draws the buildings with what is shown on their floors; `lost` names buildings of which nothing is known. */
export function elevate(buildings: readonly Building[], shown: OnPlan, lost: readonly string[]): Elevation {
  const above = (building: Building): number => building.floors.filter((floor) => !floor.below_ground).length;
  const below = (building: Building): number => building.floors.filter((floor) => floor.below_ground).length;
  const up = Math.max(1, ...buildings.map(above));
  const down = Math.max(0, ...buildings.map(below));
  const step = Math.min(TALLEST, (HEIGHT - NAMES - ROOF) / (up + down));
  const ground = ROOF + up * step;
  const slot = SPAN / Math.max(1, buildings.length);
  const drawn = buildings.map((building, index): DrawnBuilding => {
    const own = onBuilding(shown, building.building);
    const width = Math.min(slot * 0.78, 104);
    const firstAbove = below(building);
    const floors = building.floors.map((floor, at): DrawnFloor => {
      const alarms = own.alarms.filter((alarm) => alarm.burning && alarm.place.floor === floor.floor).sort(byNumber);
      return {
        floor: floor.floor,
        y: ground - (at - firstAbove + 1) * step,
        height: step,
        belowGround: floor.below_ground,
        states: statesOf(own, floor.floor),
        fresh: alarms.some((alarm) => alarm.fresh),
        number: alarms[0]?.number ?? null,
      };
    });
    const known = new Set(building.floors.map((floor) => floor.floor));
    return {
      building: building.building,
      x: index * slot + (slot - width) / 2,
      width,
      top: ground - above(building) * step,
      floors,
      lost: lost.includes(building.building),
      fireSomewhere: own.alarms.some(
        (alarm) => alarm.burning && (alarm.place.floor === null || !known.has(alarm.place.floor)),
      ),
      burning: own.alarms.some((alarm) => alarm.burning),
    };
  });
  const { labels, more } = label(drawn, shown, ground);
  return { width: WIDTH, height: HEIGHT, ground, buildings: drawn, labelX: LABEL_X, labels, more, nameY: ground + down * step + 46, nameSize: Math.min(44, slot * 0.55) };
}

function onBuilding(shown: OnPlan, building: string): OnPlan {
  const here = <T extends { readonly place: { readonly building: string | null } }>(all: readonly T[]): readonly T[] =>
    all.filter((one) => one.place.building === building);
  return { alarms: here(shown.alarms), isolated: here(shown.isolated), faults: here(shown.faults), unknown: here(shown.unknown) };
}

function statesOf(own: OnPlan, floor: string): ReadonlySet<FloorState> {
  const has = (all: readonly { readonly place: { readonly floor: string | null } }[]): boolean =>
    all.some((one) => one.place.floor === floor);
  const states = new Set<FloorState>();
  if (has(own.alarms.filter((alarm) => alarm.burning))) states.add("fire");
  if (has(own.unknown)) states.add("unknown");
  if (has(own.isolated)) states.add("isolated");
  if (has(own.faults)) states.add("fault");
  if (states.size === 0) states.add("normal");
  return states;
}

/** Names of burning floors at the right edge: the first alarm's largest and at its own height, the others around it. */
function label(
  buildings: readonly DrawnBuilding[],
  shown: OnPlan,
  ground: number,
): { labels: readonly FloorLabel[]; more: number } {
  interface Wanted {
    building: DrawnBuilding;
    floor: string | null;
    y: number;
    number: number | null;
    first: boolean;
  }
  const wanted: Wanted[] = [];
  for (const building of buildings) {
    for (const floor of building.floors) {
      if (!floor.states.has("fire")) continue;
      const at = { building: building.building, floor: floor.floor };
      const first = shown.alarms.some((alarm) => alarm.first && isOn(alarm.place, at));
      wanted.push({ building, floor: floor.floor, y: floor.y + floor.height / 2, number: floor.number, first });
    }
    if (building.fireSomewhere) {
      const y = (building.top + ground) / 2;
      wanted.push({ building, floor: null, y, number: null, first: false });
    }
  }
  wanted.sort((a, b) => Number(b.first) - Number(a.first) || byNumber(a, b));
  const labels: FloorLabel[] = [];
  for (const [index, one] of wanted.slice(0, LABELS).entries()) {
    const size = index === 0 ? FIRST_SIZE : SIZE;
    const y = freeBaseline(labels, one.y + size * 0.36, size);
    const from = { fromX: one.building.x + one.building.width + 4, fromY: one.y };
    labels.push({ building: one.building.building, floor: one.floor, ...from, x: LABEL_X, y, size });
  }
  return { labels, more: Math.max(0, wanted.length - labels.length) };
}

/** The baseline nearest to the wanted one at which a text covers no other. */
function freeBaseline(labels: readonly FloorLabel[], wanted: number, size: number): number {
  const inside = (y: number): number => Math.min(Math.max(y, size), HEIGHT - NAMES);
  const free = (y: number): boolean => labels.every((other) => y <= other.y - other.size || y - size >= other.y);
  for (let way = 0; way < HEIGHT; way += 4) {
    for (const y of [inside(wanted - way), inside(wanted + way)]) if (free(y)) return y;
  }
  return inside(wanted);
}

/** What the section says to who does not see it. */
export function tellSection(elevation: Elevation): string {
  const said = elevation.buildings.flatMap((building) => {
    const fires = building.floors.filter((floor) => floor.states.has("fire"));
    const burning = fires.map((floor) => fill(planWords.fireOn, building.building, floor.floor));
    const somewhere = building.fireSomewhere ? [fill(planWords.fireSomewhere, building.building)] : [];
    const lost = building.lost ? [fill(planWords.lost, building.building)] : [];
    return [...burning, ...somewhere, ...lost];
  });
  return [say(planWords.section), ...said].join("; ");
}
