import { expect, test } from "vitest";
import { numberText, placesOf, samplePlaces } from "./digits";
import { columnsOf } from "./series";
import type { Span } from "./api";

const at = (second: number): string => new Date(second * 1000).toISOString();
const span = (second: number, min: number, max: number): Span => ({ at: at(second), min, max, last: max, count: 9, unknown: false });

test("decimal places are counted as they are shown", () => {
  expect([230, 38.5, 0.1 + 0.2, 1.25e-3, -7.125, 2e-9, 1e21].map(placesOf)).toEqual([0, 1, 1, 5, 3, 6, 0]);
});

test("a mean has one digit more than its samples; a sample keeps its own", () => {
  const whole = columnsOf([span(0, 228, 231), span(10, 229, 233)], 20_000);
  const tenths = columnsOf([span(0, 38.5, 39), span(10, 38.4, 40.2)], 20_000);
  expect([samplePlaces(whole), samplePlaces(tenths)]).toEqual([0, 1]);
  const mean = (columns: typeof whole, value: number): string | null => {
    const column = columns[0];
    return column ? numberText({ columns, line: [{ at: 5_000, value }], step: 10_000 }, column) : null;
  };
  expect(mean(whole, 229.734_591_2)).toBe("229.7");
  expect(mean(whole, 230.000_01)).toBe("230");
  expect(mean(tenths, 38.734_591_2)).toBe("38.73");
  const [first] = tenths;
  expect(first && numberText({ columns: tenths, line: [{ at: 0, value: 39 }], step: null }, first)).toBe("39");
});

test("where nothing was known there is no number", () => {
  const [gap] = columnsOf([{ at: at(0), min: null, max: null, last: null, count: 0, unknown: true }], 10_000);
  expect(gap && numberText({ columns: [gap], line: [], step: 10_000 }, gap)).toBeNull();
});
