import { expect, test } from "vitest";
import { shift } from "./shift";

test("the picture walks by two pixels at most, and stands for minutes", () => {
  const places = Array.from({ length: 100 }, (_, minute) => shift(minute * 60_000));
  for (const { x, y } of places) expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThanOrEqual(2);
  expect(shift(0)).toEqual(shift(179_999));
  expect(new Set(places.map(({ x, y }) => `${x} ${y}`)).size).toBe(8);
});
