// Where to begin: what a device shows first, and what was looked at last.
//
// Takes: points as the gateway describes them; what this browser kept.
// Gives: ids of points; the last choices, newest first.
// Never: more points than can be read at a glance; a kept thing that is not what it says.

import type { Text } from "../shared/words";
import type { PointInfo } from "./api";

/** What a device shows first: so many measurements, then so many states. */
const NUMBERS = 5;
const STATES = 3;
/** Choices that are kept. */
const KEPT = 6;

/** A choice of points, and what people call it. */
export interface Choice {
  readonly points: readonly string[];
  readonly name: Text;
}

/** The points by which a device is looked at first: in the order of its profile, what is measured before what has states. */
export function usual(infos: readonly PointInfo[]): readonly string[] {
  const measured = infos.filter((info) => info.kind === "number").slice(0, NUMBERS);
  const stated = infos.filter((info) => info.kind !== "number").slice(0, STATES);
  return [...measured, ...stated].map((info) => info.point);
}

/** What a choice is called: the devices it is of, each once. */
export function named(infos: readonly PointInfo[]): Text {
  const first = [...new Map(infos.map((info) => [info.device, info.device_name])).values()];
  return { zh: first.map((name) => name.zh).join("、"), en: first.map((name) => name.en).join(", ") };
}

/** The choices with this one in front; the same points stand there once. */
export function remembered(kept: readonly Choice[], choice: Choice): readonly Choice[] {
  if (choice.points.length === 0) return kept;
  const same = (one: Choice): boolean => [...one.points].sort().join() === [...choice.points].sort().join();
  return [choice, ...kept.filter((one) => !same(one))].slice(0, KEPT);
}

/** Reads what was kept; what is none of ours is left out. */
export function recalled(text: string | null): readonly Choice[] {
  try {
    const kept: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(kept) ? kept.filter(isChoice).slice(0, KEPT) : [];
  } catch {
    return [];
  }
}

function isChoice(one: unknown): one is Choice {
  if (typeof one !== "object" || one === null) return false;
  const { points, name } = one as { points?: unknown; name?: { zh?: unknown; en?: unknown } | null };
  return Array.isArray(points) && points.length > 0 && points.every((id) => typeof id === "string") && typeof name?.zh === "string" && typeof name.en === "string";
}
