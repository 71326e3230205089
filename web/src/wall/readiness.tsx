// Readiness: whether the protection of the site would work now.
//
// Takes: modes of panels, health.
// Gives: a line for each panel's mode and supplies, devices, points, commands, and the parts of the gateway.
// Never: a mode that cannot be read, shown as one.

import { section } from "../shared/feed/feed";
import type { PanelModes } from "../shared/feed/types";
import { fill, say, tell, words } from "../shared/words";
import type { Phrase } from "../shared/words";
import type { BlockOf, RowOf } from "./column";
import { lines, width } from "./fit";
import { wall } from "./words";

/** A value of a panel: known and well, known and not, unknown. */
interface Value {
  readonly text: string;
  readonly tone: "well" | "late" | "off" | "unknown";
}

const UNKNOWN = "?";

/** One value of a panel; nothing where it does not say. */
export function valueOf(truth: boolean | null | undefined, yes: Phrase, no: Phrase, well = true): Value | null {
  if (truth === undefined) return null;
  if (truth === null) return { text: UNKNOWN, tone: "unknown" };
  return { text: say(truth ? yes : no), tone: truth === well ? "well" : "late" };
}

/** A permission that somebody gives or takes at the panel: one that is taken is no fault, and it is not the usual state. */
function permission(given: boolean | null | undefined): Value | null {
  const value = valueOf(given, wall.permitted, wall.offAtPanel);
  return value?.tone === "late" ? { ...value, tone: "off" } : value;
}

/** The values that a panel tells, with their names. */
export function valuesOf(panel: PanelModes): (readonly [Phrase, Value])[] {
  const all: (readonly [Phrase, Value | null])[] = [
    [wall.panelModes, valueOf(panel.auto, words.auto, words.manual)],
    [wall.mains, valueOf(panel.mains, wall.well, wall.failed)],
    [wall.backup, valueOf(panel.backup, wall.well, wall.failed)],
    [wall.startAuto, permission(panel["start-auto-allowed"])],
    [wall.startManual, permission(panel["start-manual-allowed"])],
    [wall.spray, permission(panel["spray-allowed"])],
    // A self-test is no fault, and it is not the usual state either.
    [wall.selfTest, panel["self-testing"] === false ? null : valueOf(panel["self-testing"], wall.selfTesting, wall.well, false)],
  ];
  return all.filter((one): one is readonly [Phrase, Value] => one[1] !== null);
}

/** A name beside its value; below each other where the value leaves no room for a word of the name. */
export function pair(key: string, name: string, value: string, tone: Value["tone"], wide: number): RowOf {
  const room = wide / 22 - width(value) - 0.5;
  const stacked = name.split(/\s+/).some((word) => width(word) > room) && width(name) > room;
  return {
    key,
    lines: stacked ? 2 : Math.min(2, lines(name, room)),
    className: `pair ${stacked ? "stacked" : ""} ${tone === "well" ? "" : tone === "off" ? "off disabled" : tone}`,
    row: <><p class="text">{name}</p><b class="state">{value}</b></>,
  };
}

/** The blocks of the middle while nothing alarms. */
export function readinessBlocks(wide: number): BlockOf[] {
  const modes = section("modes").value;
  const health = section("health").value;
  const panels = modes?.panels ?? [];
  const blocks = panels.map((panel): BlockOf => ({
    key: `panel-${panel.device}`,
    title: tell(panel.name) || panel.device,
    rows: valuesOf(panel).map(([name, value]) => pair(name[1], say(name), value.text, value.tone, wide)),
    least: 2,
  }));
  const read = (health?.devices ?? 0) - (health?.blind.length ?? 0);
  const rows: RowOf[] = [];
  if (panels.length === 0) rows.push(pair("none", say(wall.noPanels), UNKNOWN, "unknown", wide));
  if (health) {
    rows.push(pair("devices", say(wall.devicesRead), fill(wall.ofRead, read, health.devices), read < health.devices ? "unknown" : "well", wide));
    const known = health.unknown_points === 0;
    const { points, gathered_points: gathered } = health;
    const all = gathered > 0 ? fill(wall.pointsGathered, points - gathered, gathered) : fill(wall.pointsKnown, points);
    const text = known ? all : fill(wall.pointsUnknown, health.unknown_points, points);
    rows.push(pair("points", say(wall.points), text, known ? "well" : "unknown", wide));
  }
  return [{ key: "readiness", title: say(wall.readiness), rows, least: 3 }, ...blocks];
}
