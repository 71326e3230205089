import { expect, test } from "vitest";
import { arrivalOf } from "./arrival";

test("a tile says the gateway's number, and a tie as such", () => {
  expect(arrivalOf({ arrival: 2 })).toBe("2");
  expect(arrivalOf({ arrival: 12, tied: true })).toBe("12=");
  expect(arrivalOf({})).toBeNull();
});
