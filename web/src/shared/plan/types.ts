// What is known of floors and plans, and what an app wants shown on them.
//
// Takes: nothing.
// Gives: the types of `GET /api/v1/plans`, and of the props of `Plan` and `Section`.
// Never: a field that openapi.json does not describe.

import type { Place } from "../feed/types";
import type { Text } from "../words";

/** Left, top, width and height in units of a drawing. */
export type Rectangle = readonly [left: number, top: number, width: number, height: number];

/** Where one device or element stands on a plan. */
export interface PlacedPoint {
  readonly point: string;
  readonly x: number;
  readonly y: number;
  /** At a panel: what it says of itself. Everything else it says belongs to its elements. */
  readonly own?: readonly string[];
}

/** The plan of one floor. */
export interface FloorPlan {
  readonly building: string;
  readonly floor: string;
  readonly view_box: Rectangle;
  /** It names colours of its own: it needs paper under it. */
  readonly own_colours: boolean;
  readonly hash: string;
  readonly points: readonly PlacedPoint[];
  /** What stands on the floor and not on the plan. */
  readonly unplaced: readonly string[];
  readonly zones: readonly { readonly zone: string; readonly bounds: Rectangle }[];
}

/** One building, its floors from the bottom up. */
export interface Building {
  readonly building: string;
  readonly name: Text;
  readonly floors: readonly { readonly floor: string; readonly below_ground: boolean; readonly plan: boolean }[];
}

/** `GET /api/v1/plans` */
export interface Plans {
  readonly buildings: readonly Building[];
  readonly plans: readonly FloorPlan[];
}

/** An alarm. Its number is its place in the order of arrival, its label the same in list, plan and section; without one its symbol stands for it. */
export interface PlanAlarm {
  readonly point: string;
  readonly place: Place;
  readonly number: number | null;
  readonly label: string | null;
  readonly symbol: string;
  /** Fire, discharge or gas: its floor and zone are red. */
  readonly burning: boolean;
  /** It is the first alarm: ringed, larger, never displaced. */
  readonly first: boolean;
  /** Nobody has acknowledged it. */
  readonly fresh: boolean;
  /** A person took it out of service: it stays, hatched. */
  readonly isolated?: boolean;
  /** How the list calls it; said below the plan when the point is not placed. */
  readonly words: Text;
}

/** Something that is marked without a number. */
export interface PlanMark {
  readonly point: string;
  readonly place: Place;
  readonly words: Text;
}

/** What is shown on plans and sections. */
export interface OnPlan {
  readonly alarms: readonly PlanAlarm[];
  readonly isolated: readonly PlanMark[];
  readonly faults: readonly PlanMark[];
  readonly unknown: readonly PlanMark[];
}

/** One floor of one building. */
export interface FloorName {
  readonly building: string;
  readonly floor: string;
}
