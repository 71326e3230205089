import { expect, test } from "vitest";
import { SPANS, beat, centred, panned, past, rangeOf, spanned, zoomed } from "./range";
import { MOST_POINTS, read, written } from "./address";
import { rounded, shown, timeTicks } from "./ticks";
import { daysBefore, instantOf, offsetAt } from "./zone";
import { markOf } from "./colours";

const NOW = Date.UTC(2026, 10, 22, 12);
const HOUR = 3_600_000;

test("zooming keeps the instant under the pointer where it is", () => {
  const view = past({ from: NOW - 8 * HOUR, to: NOW }, NOW);
  const held = NOW - 6 * HOUR;
  const { from, to } = rangeOf(zoomed(view, 0.5, held, NOW), NOW);
  expect(to - from).toBe(4 * HOUR);
  expect((held - from) / (to - from)).toBeCloseTo(0.25);
});

test("live stays live when it is zoomed or given another length, and becomes the past when it is moved", () => {
  const live = { kind: "live", span: HOUR } as const;
  expect(zoomed(live, 2, null, NOW)).toEqual({ kind: "live", span: 2 * HOUR });
  expect(spanned(live, SPANS.day, NOW)).toEqual({ kind: "live", span: SPANS.day });
  expect(rangeOf(panned(live, -0.5, NOW), NOW)).toEqual({ from: NOW - 1.5 * HOUR, to: NOW - 0.5 * HOUR });
});

test("no range is mostly in the future, shorter than a second or longer than ten years", () => {
  expect(rangeOf(past({ from: NOW + HOUR, to: NOW + 3 * HOUR }, NOW), NOW)).toEqual({ from: NOW - HOUR, to: NOW + HOUR });
  const tiny = rangeOf(centred(1, NOW - HOUR, NOW), NOW);
  expect(tiny.to - tiny.from).toBe(1000);
  expect(beat(HOUR, 1200)).toBe(3000);
});

test("an address gives the same picture again", () => {
  const search = "?points=gen-1/oil-pressure,panel-1/l1-d5.fire&from=2026-11-22T01:00:00.000Z&to=2026-11-22T09:00:00.000Z&compare=week&form=table";
  expect(written(read(search, NOW))).toBe(search);
  expect(written(read("?span=3600", NOW))).toBe("?span=3600");
  expect(read(`?points=${Array.from({ length: 20 }, (_, n) => `a/${n}`)}`, NOW).points.length).toBe(MOST_POINTS);
  const at = rangeOf(read("?at=2026-11-22T08:00:00%2B08:00", NOW).view, NOW);
  expect((at.from + at.to) / 2).toBe(Date.UTC(2026, 10, 22));
});

test("marks of time stand on whole local times, also over a change of the clocks", () => {
  const zone = (name: string) => ({ offsetAt: (at: number) => offsetAt(at, name), instantOf: (local: number) => instantOf(local, name) });
  const shanghai = timeTicks({ from: NOW - 8 * HOUR, to: NOW }, 9, zone("Asia/Shanghai"));
  expect(shanghai.map((tick) => tick.label)).toEqual(["11-22 12:00", "13:00", "14:00", "15:00", "16:00", "17:00", "18:00", "19:00", "20:00"]);
  // Berlin sets its clocks back on 2026-10-25.
  const berlin = timeTicks({ from: Date.UTC(2026, 9, 23), to: Date.UTC(2026, 9, 28) }, 6, zone("Europe/Berlin"));
  expect(berlin.map((tick) => tick.at)).toEqual([23, 24].map((day) => Date.UTC(2026, 9, day, 22)).concat([25, 26, 27].map((day) => Date.UTC(2026, 9, day, 23))));
  expect(timeTicks({ from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 11, 31) }, 13, zone("UTC")).length).toBe(12);
});

test("the same hour a week before is the same on the clock", () => {
  const noon = Date.UTC(2026, 9, 28, 11);
  expect(daysBefore(noon, 7, "Europe/Berlin")).toBe(Date.UTC(2026, 9, 21, 10));
});

test("numbers have the digits that they need", () => {
  expect([rounded(0.2, 0.2), rounded(1200, 100), rounded(0.25, 0.05), rounded(1.30000001, 0.1)]).toEqual(["0.2", "1200", "0.25", "1.3"]);
  expect(shown(0.1 + 0.2)).toBe("0.3");
});

test("no two of sixteen lines are drawn alike", () => {
  const marks = Array.from({ length: MOST_POINTS }, (_, index) => markOf(index));
  expect(new Set(marks.map((mark) => `${mark.hue} ${mark.dash}`)).size).toBe(MOST_POINTS);
  expect(new Set(marks.map((mark) => mark.letter)).size).toBe(MOST_POINTS);
});
