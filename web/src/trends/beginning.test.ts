// Takes: points and what was kept. Gives: what is offered to begin with. Never: needs a browser.
import { expect, test } from "vitest";
import type { PointInfo } from "./api";
import { named, recalled, remembered, usual } from "./beginning";

const info = (point: string, kind: PointInfo["kind"]): PointInfo => {
  const device = point.split("/")[0] ?? "";
  return { point, kind, name: { zh: point, en: point }, unit: "", states: [], device, device_name: { zh: `${device}号`, en: device }, place: { building: null, floor: null, zone: null, text: { zh: "", en: "" } } } as PointInfo;
};

test("a device shows a few measurements before a few states", () => {
  const all = [info("p/run", "bit"), ...Array.from({ length: 9 }, (_, at) => info(`p/m${at}`, "number")), ...Array.from({ length: 9 }, (_, at) => info(`p/s${at}`, "state"))];
  expect(usual(all)).toEqual(["p/m0", "p/m1", "p/m2", "p/m3", "p/m4", "p/run", "p/s0", "p/s1"]);
  expect(usual([info("p/run", "bit")])).toEqual(["p/run"]);
});

test("a choice is called after its devices, each once", () => {
  expect(named([info("a/x", "number"), info("b/x", "number"), info("a/y", "number")])).toEqual({ zh: "a号、b号", en: "a, b" });
});

test("the last choices are kept, newest first, each once", () => {
  const choice = (...points: string[]) => ({ points, name: { zh: "", en: "" } });
  let kept = recalled(null);
  for (const at of [1, 2, 3, 4, 5, 6, 7]) kept = remembered(kept, choice(`p/${at}`, "p/0"));
  kept = remembered(kept, choice("p/0", "p/6"));
  expect(kept.map((one) => one.points[0])).toEqual(["p/0", "p/7", "p/5", "p/4", "p/3", "p/2"]);
  expect(remembered(kept, choice())).toBe(kept);
});

test("what is none of ours is left out", () => {
  const good = { points: ["a/x"], name: { zh: "甲", en: "A" } };
  expect(recalled(JSON.stringify([good, null, { points: [] }, { points: [1], name: good.name }, { points: ["a"] }, "x"]))).toEqual([good]);
  for (const text of ["", "{", "3", "null", "{\"points\":[]}"]) expect(recalled(text)).toEqual([]);
});
