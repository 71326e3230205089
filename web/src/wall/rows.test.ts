import { expect, test } from "vitest";
import type { Alarm } from "../shared/feed/types";
import { compareIds, hold, HELD_FOR, inOrder, newest } from "./rows";

const alarm = (id: string, more: Partial<Alarm> & { state?: string; window?: string } = {}): Alarm =>
  ({ id, priority: 1, first: false, incident: "1-1", ...more, shown: { state: more.state ?? "new", window: more.window ?? "alarms" } }) as unknown as Alarm;

test("ids are ordered by number, and a later start of the gateway comes after", () => {
  expect(["2-1", "1-10", "1-9"].sort(compareIds)).toEqual(["1-9", "1-10", "2-1"]);
});

test("the first alarm stays on top, then what is owed, urgent, old", () => {
  const open = [
    alarm("1-12", { state: "acked" }),
    alarm("1-13", { priority: 2 }),
    alarm("1-11", { first: true, state: "acked" }),
    alarm("1-15"),
    alarm("1-14"),
    alarm("1-16", { window: "faults" }),
  ];
  expect(inOrder(open, "alarms").map((one) => one.id)).toEqual(["1-11", "1-14", "1-15", "1-13", "1-12"]);
  expect(newest(inOrder(open, "alarms"))?.id).toBe("1-15");
});

test("an order changes by a cut, and never sooner than it may", () => {
  const start = hold({ ids: [], at: -Infinity }, ["b", "c"], 1_000);
  expect(start).toEqual({ ids: ["b", "c"], at: 1_000 });
  expect(hold(start, ["b", "c"], 9_000)).toBe(start);
  const soon = hold(start, ["a", "b", "c"], 1_000 + HELD_FOR - 1);
  expect(soon).toEqual({ ids: ["b", "c", "a"], at: 1_000 });
  expect(hold(soon, ["a", "b", "c"], 1_000 + HELD_FOR)).toEqual({ ids: ["a", "b", "c"], at: 1_000 + HELD_FOR });
});

test("a row that is gone leaves its place until the next cut", () => {
  const held = { ids: ["a", "b", "c"], at: 0 };
  const gone = hold(held, ["a", "c"], 10);
  expect(gone.ids).toEqual(["a", null, "c"]);
  expect(hold(gone, ["a", "c"], 20)).toBe(gone);
  expect(hold(gone, ["a", "c"], HELD_FOR).ids).toEqual(["a", "c"]);
});

test("a thousand new alarms are ordered within a tenth of a second", () => {
  const open = Array.from({ length: 1_000 }, (_, index) => alarm(`1-${(index * 7_919) % 100_003}`));
  const began = performance.now();
  const ids = inOrder(open, "alarms").map((one) => one.id);
  const next = hold({ ids: ids.slice(0, 500), at: 0 }, ids, 1);
  expect(next.ids).toHaveLength(1_000);
  expect(performance.now() - began).toBeLessThan(100);
});
