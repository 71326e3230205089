import { expect, test } from "vitest";
import type { BlockOf } from "./column";
import { withLast } from "./column";

const row = (key: string, lines = 1) => ({ key, lines, row: null });
const block = (more: Partial<BlockOf>): BlockOf => ({ key: "alarms", title: "", rows: [row("1"), row("2"), row("3"), row("4", 2)], least: 1, ...more });
const keys = (found: readonly { readonly key: string }[]): string => found.map((one) => one.key).join(" ");

test("the newest is there whatever fits, and the first never goes for it", () => {
  expect(keys(withLast(block({ last: row("9") }), 3))).toBe("1 2 9");
  expect(keys(withLast(block({ last: row("9", 2) }), 3))).toBe("1 9");
  expect(keys(withLast(block({ last: row("9", 2) }), 2))).toBe("1 2");
  expect(keys(withLast(block({ last: row("9") }), 1))).toBe("1");
});

test("what is shown already is not shown twice", () => {
  expect(keys(withLast(block({ last: row("3") }), 3))).toBe("1 2 3");
  expect(keys(withLast(block({ last: row("4", 2) }), 4))).toBe("1 2 3 4");
  expect(keys(withLast(block({ last: row("9"), beyond: 5 }), 4))).toBe("1 2 3 9");
});
