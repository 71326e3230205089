import { expect, test } from "vitest";
import { clauses, fitting, HEADING, lines, rowHeight, share, width, within } from "./fit";

test("a text takes as many lines as its column gives", () => {
  expect(width("东走道")).toBe(3);
  expect(lines("走廊东侧感烟探测器", 9)).toBe(1);
  expect(lines("走廊东侧感烟探测器", 8)).toBe(2);
  expect(lines("east corridor smoke detector", 20)).toBe(1);
  expect(lines("east corridor smoke detector", 10)).toBe(2);
  expect(lines("", 10)).toBe(1);
});

test("a word longer than its column still counts its lines", () => {
  expect(lines("x".repeat(50), 10)).toBe(3);
});

test("a text that is too long ends at a word, within its lines, and says that it goes on", () => {
  const long = "3-B1 fire pump room Pressure-holding pump Pump running cannot be read Link fault";
  expect(within(long, 12, 9)).toBe(long);
  const cut = within(long, 12, 3);
  expect(cut.endsWith("…") && lines(cut, 12) === 3 && long.startsWith(cut.slice(0, -1)), cut).toBe(true);
  expect(long[cut.length - 1]).toBe(" ");
  expect(within("走廊东侧感烟探测器", 4, 2)).toBe("走廊东侧感烟探…");
});

test("each block gets its least from the top, then the first takes what is left", () => {
  const row = rowHeight(1);
  const blocks = [
    { rows: Array<number>(9).fill(row), least: 2 },
    { rows: Array<number>(4).fill(row), least: 1 },
  ];
  expect(share(2 * HEADING + 5 * row, blocks)).toEqual([4, 1]);
  expect(share(2 * HEADING + 3 * row, blocks)).toEqual([2, 1]);
  expect(share(2 * HEADING + 20 * row, blocks)).toEqual([9, 4]);
});

test("a late block begins only where the others leave room", () => {
  const row = rowHeight(1);
  const first = { rows: Array<number>(9).fill(row), least: 1 };
  expect(share(2 * HEADING + 4 * row, [first, { rows: [row], least: 1, late: true }])).toEqual([4, -1]);
  expect(share(2 * HEADING + 12 * row, [first, { rows: [row], least: 1, late: true }])).toEqual([9, 1]);
});

test("a block without room is left out whole, and the first never is", () => {
  const block = { rows: [rowHeight(1)], least: 1 };
  expect(share(HEADING + rowHeight(1) + 5, [block, block])).toEqual([1, -1]);
  expect(share(2 * HEADING + rowHeight(1), [block, { ...block, bare: true }])).toEqual([1, 0]);
  expect(share(3, [block])).toEqual([0]);
});

test("a long instruction is cut between its clauses", () => {
  const text = "真实火情，已呼叫：启动声光警报、组织疏散、启动灭火设备；结束前不复位";
  expect(clauses(text, 40, 2)).toBe(text);
  expect(clauses(text, 10, 2)).toBe("启动声光警报、组织疏散、启动灭火设备…");
  expect(clauses(text, 13, 2)).toBe("启动声光警报、组织疏散、启动灭火设备；结束前不复位");
  expect(clauses("It is real: start the sounders, clear the place, start extinguishing", 12, 2)).toBe("start the sounders, clear the place…");
  expect(clauses("no clause at all in this text", 5, 1)).toBe("no clause at all in this text…");
});

test("what matters least leaves a full line first, and the order stays", () => {
  const items = [{ rank: 2, wide: 100 }, { rank: 0, wide: 100 }, { rank: 5, wide: 50 }, { rank: 1, wide: 60 }];
  expect(fitting(items, 310).map((one) => one.rank)).toEqual([2, 0, 5, 1]);
  expect(fitting(items, 300).map((one) => one.rank)).toEqual([2, 0, 1]);
  expect(fitting(items, 10).map((one) => one.rank)).toEqual([0]);
});
