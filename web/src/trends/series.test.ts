import { expect, test } from "vitest";
import { boxes, columnAt, columnsOf, extremes, gapsOf, lastRecorded, lineAt, meanLine, meanStep, numberOf, recorded, valueLine } from "./series";
import type { Span } from "./api";

const at = (second: number): string => new Date(second * 1000).toISOString();
const span = (second: number, min: number | null, max: number | null, unknown = false, count = 1): Span => ({ at: at(second), min, max, last: max, count, unknown });

const spans = [span(0, null, null, false, 0), span(10, 1, 1), span(20, 1, 99), span(30, null, null, true), span(40, 2, 3, true), span(50, 2, 2)];
const columns = columnsOf(spans, 60_000);

test("columns end where the next begins, and say how much was known", () => {
  expect(columns.map((column) => column.known)).toEqual(["none", "good", "good", "unknown", "partly", "good"]);
  expect(columns.map((column) => column.to / 1000)).toEqual([10, 20, 30, 40, 50, 60]);
  expect(columnAt(columns, 25_000)?.max).toBe(99);
  expect(columnAt(columns, 61_000)).toBeNull();
});

test("a spike of one column is in the extremes; the unknown is in none", () => {
  expect(extremes([columns])).toEqual({ min: 1, max: 99 });
  expect(extremes([columns.slice(3, 4)])).toBeNull();
});

test("a gap breaks the line and is never joined over", () => {
  const line = valueLine(columns);
  const edge = line.filter((dot) => dot.at >= 30_000 && dot.at < 40_000);
  expect(edge.map((dot) => dot.value)).toEqual([99, null]);
  expect(lineAt(line, 35_000, null)).toBeNull();
  expect(lineAt(line, 15_000, null)).toBe(1);
  expect(gapsOf(columns, false)).toEqual([{ from: 30_000, to: 40_000 }]);
  expect(gapsOf(columns, true)).toEqual([{ from: 30_000, to: 50_000 }]);
  expect(recorded(columns)).toEqual([{ from: 10_000, to: 60_000 }]);
  expect(lastRecorded([...columns, ...columnsOf([span(60, null, null)], 70_000)])?.to).toBe(60_000);
});

test("means stand in the middle of their steps and are broken by a gap or a step that is missing", () => {
  const rollups = [{ at: at(0), mean: 1 }, { at: at(20), mean: 2 }, { at: at(40), mean: 3 }, { at: at(100), mean: 4 }];
  const line = meanLine(rollups, 20_000, columns, { from: 0, to: 120_000 });
  expect(line.map((dot) => dot.value)).toEqual([1, 2, null, 3, null, 4]);
  expect(line[0]?.at).toBe(10_000);
  expect(lineAt(line, 12_000, 20_000)).toBe(1);
});

test("the number of a column is what held at its end, or the mean around it", () => {
  const [, , spiked, gap] = columns;
  const value = { columns, line: valueLine(columns), step: null };
  expect([spiked && numberOf(value, spiked), gap && numberOf(value, gap)]).toEqual([99, null]);
  expect(spiked && numberOf({ columns, line: [{ at: 30_000, value: 7 }], step: 60_000 }, spiked)).toBe(7);
});

test("means are drawn where they are not much wider than a column", () => {
  expect(meanStep({ from: 0, to: 3_600_000 }, 1400)).toBeNull();
  expect(meanStep({ from: 0, to: 8 * 3_600_000 }, 1400)).toBe(60_000);
  expect(meanStep({ from: 0, to: 365 * 86_400_000 }, 1400)).toBe(86_400_000);
});

test("short stretches share a box, long ones keep theirs, none is left out", () => {
  const stretch = (from: number, to: number) => ({ from, to, value: 1, quality: "good", state: null });
  const drawn = boxes([stretch(0, 100), stretch(100, 103), stretch(103, 105), stretch(105, 300), stretch(300, 302)], 10);
  expect(drawn.map((box) => [box.from, box.to, box.stretch === null])).toEqual([[0, 100, false], [100, 105, true], [105, 300, false], [300, 302, false]]);
});
