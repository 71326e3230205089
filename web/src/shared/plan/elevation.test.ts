import { expect, test } from "vitest";
import { elevate, tellSection } from "./elevation";
import type { Building, OnPlan, PlanAlarm } from "./types";

const words = { zh: "走廊", en: "Corridor" };
const building = (id: string, below: number, above: number): Building => ({
  building: id,
  name: words,
  floors: [
    ...Array.from({ length: below }, (_, at) => ({ floor: `B${below - at}`, below_ground: true, plan: false })),
    ...Array.from({ length: above }, (_, at) => ({ floor: String(at + 1), below_ground: false, plan: true })),
  ],
});
const site = [building("1", 2, 22), building("2", 1, 4), building("3", 1, 2)];
const alarm = (id: string, floor: string | null, number: number, fresh = false): PlanAlarm =>
  ({ point: "p/x", number, label: String(number), place: { building: id, floor, zone: null, text: words }, first: number === 1, fresh, burning: true, symbol: "fire", words });
const nothing: OnPlan = { alarms: [], isolated: [], faults: [], unknown: [] };

test("floors stand on one another, basements below the ground, and nothing leaves the picture", () => {
  const { buildings, ground, height } = elevate(site, nothing, []);
  for (const drawn of buildings) {
    const above = drawn.floors.filter((floor) => !floor.belowGround);
    const below = drawn.floors.filter((floor) => floor.belowGround);
    expect(above[0]!.y + above[0]!.height).toBeCloseTo(ground);
    expect(below.at(-1)!.y).toBeCloseTo(ground);
    for (const [index, floor] of drawn.floors.slice(1).entries()) {
      expect(floor.y + floor.height).toBeCloseTo(drawn.floors[index]!.y);
    }
    expect(drawn.top).toBeGreaterThan(0);
    expect(drawn.floors[0]!.y + drawn.floors[0]!.height).toBeLessThan(height);
  }
  const [first, second] = buildings;
  expect(first!.x + first!.width).toBeLessThan(second!.x);
});

test("nothing moves when a fire begins", () => {
  const boxes = (shown: OnPlan) => elevate(site, shown, []).buildings.map(({ x, width, top, floors }) => [x, width, top, ...floors.map((floor) => floor.y)]);
  expect(boxes({ ...nothing, alarms: [alarm("1", "12", 1), alarm("1", "13", 2)] })).toEqual(boxes(nothing));
});

test("burning floors are named, the first alarm's largest, and no name covers another", () => {
  const alarms = [alarm("1", "13", 3), alarm("1", "12", 2), alarm("1", "12", 1, true), alarm("1", "14", 4), alarm("2", "B1", 5)];
  const { labels, more, buildings } = elevate(site, { ...nothing, alarms }, []);
  expect(labels.map((label) => label.floor)).toEqual(["12", "13", "14"]);
  expect(more).toBe(1);
  expect(labels[0]!.size).toBeGreaterThan(labels[1]!.size);
  for (const [index, one] of labels.entries()) {
    for (const other of labels.slice(index + 1)) {
      expect(one.y <= other.y - other.size || one.y - one.size >= other.y).toBe(true);
    }
  }
  const twelve = buildings[0]!.floors.find((floor) => floor.floor === "12")!;
  expect([...twelve.states]).toEqual(["fire"]);
  expect([twelve.fresh, twelve.number]).toEqual([true, 1]);
});

test("a fire hides neither what is isolated, unknown nor in trouble on its floor", () => {
  const mark = { point: "p/y", place: { building: "1", floor: "12", zone: null, text: words }, words };
  const { buildings } = elevate(site, { alarms: [alarm("1", "12", 1)], isolated: [mark], faults: [mark], unknown: [mark] }, []);
  const twelve = buildings[0]!.floors.find((floor) => floor.floor === "12")!;
  expect([...twelve.states].sort()).toEqual(["fault", "fire", "isolated", "unknown"]);
});

test("an alarm without a floor, or on one that is not listed, is told at its building", () => {
  for (const floor of [null, "99"]) {
    const elevation = elevate(site, { ...nothing, alarms: [alarm("2", floor, 1)] }, ["3"]);
    const [one, two, three] = elevation.buildings;
    expect([one!.fireSomewhere, two!.fireSomewhere, three!.lost]).toEqual([false, true, true]);
    expect(elevation.labels[0]!.floor).toBeNull();
    expect(tellSection(elevation)).toContain("2 号楼火警，楼层未知");
    expect(tellSection(elevation)).toContain("3 号楼失联");
  }
});

test("what does not burn leaves its floor as it is", () => {
  const call = { ...alarm("1", "12", 1), number: null, first: false, burning: false };
  const { labels, buildings } = elevate(site, { ...nothing, alarms: [call] }, []);
  expect(labels).toEqual([]);
  expect(buildings[0]!.burning).toBe(false);
});

test("a site without buildings, or with many, is drawn all the same", () => {
  expect(elevate([], nothing, []).buildings).toEqual([]);
  const many = elevate(Array.from({ length: 12 }, (_, at) => building(String(at), 0, 60)), nothing, []);
  expect(many.buildings.every((drawn) => drawn.width > 5 && drawn.floors[0]!.height > 3)).toBe(true);
});
