import { expect, test } from "vitest";
import { holdOn, layOut, spotOf } from "./spot";
import type { FloorPlan, OnPlan, PlanAlarm, PlanMark } from "./types";

const words = { zh: "走廊", en: "Corridor" };
const place = (floor: string | null, zone: string | null = null) => ({ building: "1", floor, zone, text: words });
const alarm = (point: string, number: number, more: Partial<PlanAlarm> = {}): PlanAlarm =>
  ({ point, number, label: String(number), place: place("12"), first: number === 1, fresh: true, burning: true, symbol: "fire", words, ...more });
const mark = (point: string): PlanMark => ({ point, place: place("12"), words });
const nothing: OnPlan = { alarms: [], isolated: [], faults: [], unknown: [] };

const plan: FloorPlan = {
  building: "1",
  floor: "12",
  view_box: [0, 0, 720, 480],
  own_colours: false,
  hash: "0",
  points: [
    { point: "panel-1/l4-d5", x: 500, y: 240 },
    { point: "panel-1/l4-d6", x: 212, y: 240 },
    { point: "panel-1/l4-d50", x: 10, y: 10 },
    { point: "panel-1", x: 40, y: 400, own: ["link", "trouble"] },
    { point: "gas-1", x: 474, y: 446 },
  ],
  unplaced: ["panel-1/l4-d7", "mist-1"],
  zones: [{ zone: "1-12-data", bounds: [330, 286, 386, 190] }],
};

test("a point is itself, a word of it, or a word of its device", () => {
  expect(spotOf(plan, "panel-1/l4-d5")?.x).toBe(500);
  expect(spotOf(plan, "panel-1/l4-d5.dirty")?.x).toBe(500);
  expect(spotOf(plan, "panel-1/l4-d50")?.x).toBe(10);
  expect(spotOf(plan, "gas-1/released")?.point).toBe("gas-1");
  expect(spotOf(plan, "panel-1/trouble")?.point).toBe("panel-1");
  expect(spotOf(plan, "panel-1")?.point).toBe("panel-1");
});

test("an element that is not placed is never drawn at its panel", () => {
  expect(spotOf(plan, "panel-1/l4-d7")).toBeNull();
  expect(spotOf(plan, "panel-1/l4-d7.dirty")).toBeNull();
  expect(spotOf(plan, "panel-1/l9-d9")).toBeNull();
  expect(spotOf(plan, "mist-1/low-gas")).toBeNull();
  expect(spotOf(plan, "pump-1/trip")).toBeNull();
});

test("the plan holds on the first alarm, whatever came later", () => {
  const later = alarm("panel-1/l5-d1", 2, { place: place("13"), first: false });
  expect(holdOn([later, alarm("panel-1/l4-d5", 1)])).toEqual({ building: "1", floor: "12" });
  expect(holdOn([later])).toEqual({ building: "1", floor: "13" });
  expect(holdOn([alarm("panel-1/x", 1, { place: place(null) }), later])).toEqual({ building: "1", floor: "13" });
  expect(holdOn([])).toBeNull();
});

test("the first alarm stands at its spot and is larger; what is beside it makes room, and says from where", () => {
  const crowd = [4, 3, 2].map((number) => alarm("panel-1/l4-d5", number, { first: false }));
  const { figures } = layOut(plan, { ...nothing, alarms: [...crowd, alarm("panel-1/l4-d5", 1)], faults: [mark("panel-1/l4-d5")] });
  expect(figures[0]).toMatchObject({ kind: "first", x: 500, y: 240, half: 35 });
  expect(figures.map((figure) => figure.alarm?.number ?? figure.kind)).toEqual([1, 2, 3, 4, "fault"]);
  for (const [index, one] of figures.entries()) {
    for (const other of figures.slice(index + 1)) {
      const apart = Math.max(Math.abs(one.x - other.x), Math.abs(one.y - other.y));
      expect(apart).toBeGreaterThanOrEqual(one.half + other.half);
      expect(other.spot).toMatchObject({ x: 500, y: 240 });
    }
  }
});

test("figures stay on the drawing, also on one of other units", () => {
  const metres: FloorPlan = { ...plan, view_box: [0, 0, 72, 48], points: [{ point: "panel-1/l4-d5", x: 0, y: 48 }] };
  const { figures } = layOut(metres, { ...nothing, alarms: [alarm("panel-1/l4-d5", 1)] });
  expect(figures[0]).toMatchObject({ x: 3.5, y: 44.5, half: 3.5 });
});

test("what is not placed is said in words; its zone is coloured, or the floor marked where no zone is drawn", () => {
  const here = layOut(plan, { ...nothing, alarms: [alarm("panel-1/l4-d7", 1, { place: place("12", "1-12-data") })] });
  expect(here.inWords).toHaveLength(1);
  expect([...here.zones]).toEqual(["1-12-data"]);
  expect(here.wholeFloor).toBe(false);
  const bare = layOut(plan, { ...nothing, alarms: [alarm("panel-1/l4-d7", 1)], unknown: [mark("mist-1/low-gas")] });
  expect(bare.inWords.map((one) => one.kind)).toEqual(["first", "unknown"]);
  expect(bare.wholeFloor).toBe(true);
  expect(layOut(plan, { ...nothing, unknown: [mark("mist-1/low-gas")] }).wholeFloor).toBe(false);
});

test("what does not burn has its symbol and colours nothing", () => {
  const call = alarm("panel-1/l4-d7", 1, { number: null, first: false, burning: false, place: place("12", "1-12-data") });
  const layout = layOut(plan, { ...nothing, alarms: [call, alarm("panel-1/l4-d5", 2), alarm("gas-1/x", 3, { number: null })] });
  expect([...layout.zones, layout.wholeFloor]).toEqual([false]);
  expect(layout.inWords).toHaveLength(1);
  expect(layout.figures.map((figure) => figure.alarm?.number)).toEqual([2, null]);
});

test("other floors are not this plan's, and a flood is counted rather than drawn over itself", () => {
  const other = alarm("panel-1/l4-d5", 1, { place: place("13") });
  expect(layOut(plan, { ...nothing, alarms: [other] }).figures).toEqual([]);
  const flood = Array.from({ length: 80 }, (_, at) => alarm("panel-1/l4-d6", at + 1));
  const layout = layOut(plan, { ...nothing, alarms: flood });
  expect(layout.figures.length + layout.left).toBe(80);
  expect(layout.left).toBeGreaterThan(0);
});

test("one spot bears each kind of mark once", () => {
  const { figures } = layOut(plan, { ...nothing, faults: [mark("gas-1/a"), mark("gas-1/b")], isolated: [mark("gas-1/a")] });
  expect(figures.map((figure) => figure.kind)).toEqual(["isolated", "fault"]);
});
