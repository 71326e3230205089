import { expect, test } from "vitest";
import { elapsed } from "./elapsed";

test("seconds are told up to two days", () => {
  expect([-5, 252_000, 3_600_000, 90_061_000].map(elapsed)).toEqual(["00:00", "04:12", "1:00:00", "25:01:01"]);
  expect(elapsed(172_800_000)).toMatch(/^2 /);
});
