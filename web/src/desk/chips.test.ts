import { expect, test } from "vitest";
import { categoriesOf, hidden, isFiltering, NOTHING_HIDDEN, passes } from "./chips";
import { alarm } from "./sample";

test("nothing is hidden unless it is asked for", () => {
  expect(isFiltering(NOTHING_HIDDEN)).toBe(false);
  expect(isFiltering({ ...NOTHING_HIDDEN, text: "  " })).toBe(false);
  expect(hidden([alarm("1-1")], NOTHING_HIDDEN)).toEqual({ count: 0, fires: 0 });
});

test("words are found in both languages, in codes and in points, all of them", () => {
  const one = alarm("1-1");
  for (const text of ["东侧", "SMOKE east", "121101", "panel-1/1-1", "1-12"]) expect(passes(one, { ...NOTHING_HIDDEN, text }), text).toBe(true);
  for (const text of ["西侧", "east west", "999999"]) expect(passes(one, { ...NOTHING_HIDDEN, text }), text).toBe(false);
});

test("what a filter hides is counted, fires and gas apart", () => {
  const rows = [alarm("1-1"), alarm("1-2", "gas"), alarm("1-3", "fault"), alarm("1-4", "fault", { state: "acked" })];
  expect(hidden(rows, { ...NOTHING_HIDDEN, category: "fault" })).toEqual({ count: 2, fires: 2 });
  expect(hidden(rows, { ...NOTHING_HIDDEN, owed: true })).toEqual({ count: 1, fires: 0 });
  expect(hidden(rows, { ...NOTHING_HIDDEN, building: "2" })).toEqual({ count: 4, fires: 2 });
  expect(categoriesOf(rows)).toEqual(["fire", "gas", "fault"]);
});
