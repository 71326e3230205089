import { expect, test } from "vitest";
import { ageOf, beyond, branches, carriers, firstThings, fits, needsWork, registers, step, sums } from "./model";
import type { Bus, Device, Point, Request } from "./types";

const device = (id: string, changes: Partial<Device> = {}): Device => ({
  id, state: "answers", reason: { zh: "", en: "" }, since: "2026-11-22T14:13:20+08:00",
  points: { total: 4, unknown: 0, absent: 0 }, round_trip_ms: 12, answers: 9, exceptions: 0, timeouts: 0, malformed: 0, good_in_a_row: 9, last_trouble: null,
  name: { zh: "水泵", en: "Pump" }, place: { text: { zh: "泵房", en: "Pump room" } }, bus: "line", unit: 12, profile: "p", statuses: [], ...changes,
});
const bus = (id: string, changes: Partial<Bus> = {}): Bus => ({
  id, name: { zh: id, en: id }, reached: { kind: "serial", at: "/dev/a" }, up: true, reason: null, busy: 0.1, requests_per_s: 2, noise_bytes: 0, lost_requests: 0, devices: { total: 4, answering: 4 }, ...changes,
});
const request = (changes: Partial<Request>): Request => ({
  table: "holding", function: 3, start: 100, count: 4, pace: "fire", every_s: 1, points: [[0, 2]], age_s: 0.5, round_trip_ms: 9, standing: "current", raw: "00120034ABCD0001", ...changes,
});

test("the tree keeps the order of the site and leaves out what nobody looks for", () => {
  const buses = [bus("line"), bus("lan"), bus("lost", { up: false })];
  const all = [device("a"), device("b", { bus: "lan", state: "down" }), device("c", { points: { total: 2, unknown: 1, absent: 0 }, state: "partly" })];
  const shown = (filter: string, work: boolean) => branches(buses, all, filter, work).map((one) => [one.bus.id, ...one.devices.map((held) => held.id)]);
  expect(shown("", false)).toEqual([["line", "a", "c"], ["lan", "b"], ["lost"]]);
  expect(shown("", true)).toEqual([["line", "c"], ["lan", "b"], ["lost"]]);
  expect(shown("lan", false)).toEqual([["lan", "b"]]);
  expect(all.map(needsWork)).toEqual([false, true, true]);
  expect(sums([...buses, bus("slow", { within_bounds: false })], all)).toEqual({ answering: 2, total: 3, unknown: 1, lost: 1, late: 1 });
});

test("first stands what says nothing, then what says little, then what failed of late", () => {
  const failed = (last: string) => ({ unit: 1, function: 3, start: 0, count: 1, times: 1, first: last, last, what: { zh: "", en: "" }, next: { zh: "", en: "" } });
  const all = [
    device("well"), device("slips", { last_trouble: failed("2026-11-22T14:00:00+08:00") }), device("down", { state: "down", last_trouble: failed("2026-11-22T14:10:00+08:00") }),
    device("few", { state: "partly", points: { total: 9, unknown: 2, absent: 0 } }), device("many", { state: "partly", points: { total: 9, unknown: 7, absent: 0 } }),
    device("slipped", { last_trouble: failed("2026-11-22T15:00:00+09:00") }), device("now", { last_trouble: failed("2026-11-22T14:20:00+08:00") }), device("young", { state: "unread" }),
  ];
  const first = firstThings(all);
  const ids = (list: readonly Device[]) => list.map((one) => one.id);
  expect([ids(first.silent), ids(first.partly), ids(first.failed)]).toEqual([["down", "young"], ["many", "few"], ["now", "slips", "slipped"]]);
});

test("a device is found by what people call it", () => {
  for (const [filter, found] of [["", true], ["泵房", true], ["pump 12", true], ["13", false], ["#12", true], ["PUMP room", true], ["fan", false]] as const) {
    expect(fits(device("p-1"), filter), filter).toBe(found);
  }
});

test("each point has the registers and the age of the request that brings it", () => {
  const found = carriers([request({}), request({ points: [[2, 1], [7, 2]], start: 300 })]);
  expect([...found.keys()]).toEqual([0, 1, 2, 7, 8]);
  const point = (address: number, count: number, table = "holding") => ({ at: { table, address, count, type: "u32", order: "ABCD" } }) as Point;
  expect(registers(point(102, 2), found.get(0))).toBe("ABCD 0001");
  expect(registers(point(99, 1), found.get(0))).toBe("");
  expect(registers(point(102, 2), undefined)).toBe("");
  expect(registers(point(2, 1, "coil"), request({ table: "coil", start: 0, raw: "0010" }))).toBe("1");
  expect(ageOf(found.get(0), 200)).toBe(700);
  expect(ageOf(request({ age_s: null }), 200)).toBe(null);
});

test("a name is shortened by what it shares with another, never in the middle of a word", () => {
  expect(beyond("1号楼2层感烟 火警", "1号楼2层感烟 事件")).toBe("火警");
  expect(beyond("Bldg 1 smoke Disabled", "Bldg 1 smoke Diagnosis")).toBe("Disabled");
  expect(beyond("Low oil", "Oil pressure")).toBe("Low oil");
  expect(beyond("Fire", "Fire")).toBe("Fire");
});

test("the arrows stay within the list", () => {
  const ids = ["a", "b", "c"];
  expect([step(ids, null, 1), step(ids, "a", 1), step(ids, "c", 1), step(ids, "a", -1), step([], "x", 1)]).toEqual(["a", "b", "c", "a", null]);
});
