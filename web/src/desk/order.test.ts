import { expect, test } from "vitest";
import { byWindow, nextOwed, settled } from "./order";
import { alarm } from "./sample";

test("unacknowledged come first, then the priority, then the oldest by number and not by letter", () => {
  const rows = [alarm("1-9", "fault"), alarm("1-100", "fire"), alarm("1-20", "fire"), alarm("1-3", "fire", { state: "acked" }), alarm("2-1", "fire"), alarm("1-4", "prealarm", { priority: 2, state: "over" })];
  expect(byWindow(rows).alarms.map((row) => row.id)).toEqual(["1-20", "1-100", "2-1", "1-4", "1-9", "1-3"]);
});

test("rows go where the gateway puts them", () => {
  const found = byWindow([alarm("1-1"), alarm("1-2", "fault", { window: "faults" }), alarm("1-3", "disabled", { window: "set-aside", state: "shown" })]);
  expect([found.alarms.length, found.actions.length, found.faults.length, found["set-aside"].length]).toEqual([1, 0, 1, 1]);
});

test("while somebody is at a list no row moves or goes, and what is new is counted", () => {
  expect(settled(["a", "b"], ["c", "b", "a"], true)).toEqual({ ids: ["a", "b"], waiting: 1 });
  expect(settled(["a", "b"], ["b"], true)).toEqual({ ids: ["a", "b"], waiting: 0 });
  expect(settled(["a", "b"], ["c", "b"], false)).toEqual({ ids: ["c", "b"], waiting: 0 });
  // An empty list has no row that could move.
  expect(settled([], ["c"], true)).toEqual({ ids: ["c"], waiting: 0 });
});

test("the next unacknowledged one is looked for round the end", () => {
  const rows = [alarm("1-1"), alarm("1-2", "fire", { state: "acked" }), alarm("1-3")];
  expect(nextOwed(rows, "1-3")?.id).toBe("1-1");
  expect(nextOwed(rows, null)?.id).toBe("1-1");
  expect(nextOwed([rows[1] ?? alarm("1-2")], null)).toBeNull();
  expect(nextOwed([alarm("1-1")], "1-1")).toBeNull();
});
