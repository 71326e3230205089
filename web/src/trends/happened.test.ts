import { expect, test } from "vitest";
import { eventsOf, symbolTone, toneOf } from "./happened";
import type { Marks } from "./api";
import { needs } from "./lanes";

const at = (minute: number): string => new Date(minute * 60_000).toISOString();
const none: Marks = { alarms: [], isolations: [], tests: [], drills: [], incidents: [], left_out: 0 };

test("an alarm that came twice is two rows, each with its own acknowledgement", () => {
  const alarm = {
    id: "1-5", category: "fault" as const, symbol: "fault", name: { zh: "油压低", en: "Low oil" }, category_text: { zh: "故障", en: "Fault" },
    spells: [{ from: at(10), to: at(20) }, { from: at(30), to: null }], acknowledged: [at(12), at(35)], reset: null,
  };
  const events = eventsOf({ ...none, alarms: [alarm], isolations: [{ id: "1-2", spells: [{ from: at(1), to: null }], reason: "repair" }] });
  expect(events.map((event) => [event.id, event.from / 60_000, event.to && event.to / 60_000, event.acknowledged && event.acknowledged / 60_000])).toEqual([
    ["1-2", 1, null, null], ["1-5", 10, 20, 12], ["1-5", 30, null, 35],
  ]);
  expect(events[1]?.href).toBe("/alarm/1-5");
  expect(events[0]?.text).toContain("repair");
});

test("colours of alarms are for alarms: what equipment did has none, and a person's isolation is no fault", () => {
  expect([toneOf("fire"), toneOf("gas"), toneOf("link-fault"), toneOf("feedback"), toneOf("mains-fault"), toneOf("disabled")]).toEqual(["fire", "fire", "lost", "act", "fault", "dis"]);
  const [event] = eventsOf({ ...none, alarms: [{ id: "1-1", category: "mains-fault", symbol: "power", spells: [{ from: at(0), to: null }] }] });
  expect(event && symbolTone(event)).toBe("");
});

test("a Chinese word needs about as much room as two Latin letters for each sign", () => {
  expect(needs("停机")).toBeGreaterThan(needs("ab"));
  expect(needs("Running")).toBeLessThan(70);
});
