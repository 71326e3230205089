import { expect, test } from "vitest";
import { pair } from "./readiness";

test("a value that leaves no room for its name stands below it", () => {
  const told = (name: string, value: string, wide: number) => { const { lines, className } = pair("x", name, value, "well", wide); return [lines, className?.includes("stacked")]; };
  expect(told("Mains", "ok", 230)).toEqual([1, false]);
  expect(told("Points", "3703 known, 13 adding up", 250)).toEqual([2, true]);
  expect(told("Manual start of pumps", "permitted", 230)).toEqual([2, false]);
  expect(told("测点", "3703 已知，13 累计中", 230)).toEqual([2, true]);
});
