import { expect, test } from "vitest";
import { pages } from "./pages";

test("every row is on one page, in order", () => {
  const found = pages([10, 10, 25, 10, 10, 40, 5], 30, 2);
  expect(found).toEqual([
    [{ from: 0, to: 2 }, { from: 2, to: 3 }],
    [{ from: 3, to: 5 }, { from: 5, to: 6 }],
    [{ from: 6, to: 7 }],
  ]);
  expect(pages([], 30, 2)).toEqual([]);
});
