import { expect, test } from "vitest";
import { AUTOMATIC, BACK_AFTER, choose, press, settle, windowOf } from "./windows";

test("a key splits, again it fills, again it is gone, and 0 is automatic", () => {
  const split = press(AUTOMATIC, "3", 10);
  expect(split).toEqual({ window: "faults", full: false, at: 10, page: 0 });
  const full = press(split ?? AUTOMATIC, "3", 20);
  expect(full).toMatchObject({ window: "faults", full: true, at: 20 });
  expect(press(full ?? AUTOMATIC, "3", 30)).toBe(AUTOMATIC);
  expect(press(full ?? AUTOMATIC, "0", 30)).toBe(AUTOMATIC);
  expect(press(full ?? AUTOMATIC, "1", 30)).toMatchObject({ window: "alarms", full: false });
});

test("arrows turn pages of a chosen window only", () => {
  expect(press(AUTOMATIC, "ArrowDown", 1)).toBeNull();
  expect(press(AUTOMATIC, "5", 1)).toBeNull();
  const chosen = choose(AUTOMATIC, "alarms", 1);
  expect(press(chosen, "ArrowDown", 2)).toMatchObject({ page: 1, at: 2 });
  expect(press(chosen, "ArrowUp", 2)).toMatchObject({ page: 0 });
});

test("a choice goes back by itself after a minute while something alarms, and stays else", () => {
  const chosen = choose(AUTOMATIC, "faults", 0);
  expect(settle(chosen, true, BACK_AFTER - 1)).toBe(chosen);
  expect(settle(chosen, true, BACK_AFTER)).toBe(AUTOMATIC);
  expect(settle(chosen, false, 10 * BACK_AFTER)).toBe(chosen);
});

test("every lamp leads to a window", () => {
  const lamps = ["fire", "discharge", "gas", "emergency", "supervisory", "prealarm", "start", "feedback", "fault", "power", "link", "disabled"];
  expect(new Set(lamps.map(windowOf)).size).toBe(4);
});
