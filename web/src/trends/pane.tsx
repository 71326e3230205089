// One pane: the measurements of one unit over the range.
//
// Takes: the lines of a unit, what happened, the axes.
// Gives: a drawing by uPlot (axes, grid, scales) with our own bands, gaps and shading on it.
// Never: a scale that leaves out an extreme, or colours of its own.

import { useEffect, useRef } from "preact/hooks";
import { useSignalEffect } from "@preact/signals";
import uPlot from "uplot";
import { now } from "../shared/clock";
import type { Marks } from "./api";
import { paintData } from "./curves";
import { paintBehind } from "./paint";
import type { Ground, Line } from "./paint";
import { palette } from "./palette";
import { axes } from "./store";
import { extremes } from "./series";
import { rounded, timeTicks } from "./ticks";
import { instantOf, offsetAt } from "./zone";

/** Room to the right of the field, above it and below it, in pixels of the page. */
export const MARGIN = 12;
const [ABOVE, BELOW] = [26, 8];
const ZONE = { offsetAt: (at: number) => offsetAt(at), instantOf: (local: number) => instantOf(local) };

/** What a pane shows. */
export interface PaneProps {
  readonly unit: string;
  readonly lines: readonly Line[];
  readonly marks: Marks;
  readonly width: number;
  readonly height: number;
  /** Room to the left of the field. */
  readonly gutter: number;
}

/** How many marks of time there is room for. */
export function ticksIn(width: number): number {
  return Math.max(3, Math.floor(width / 110));
}

/** The range of values: every extreme, and the limits that are near. */
export function valueRange(lines: readonly Line[]): [number, number] {
  const found = extremes(lines.flatMap((line) => [line.drawn.columns, ...(line.before ? [line.before.columns] : [])]));
  if (!found) return [0, 1];
  let { min, max } = found;
  const span = max - min || Math.abs(max) * 0.1 || 1;
  for (const { value } of lines.flatMap((line) => line.limits)) {
    if (value >= min - span && value <= max + span) [min, max] = [Math.min(min, value), Math.max(max, value)];
  }
  const room = (max - min || span) * 0.06;
  // A value that never was below nought is not shown with room below it.
  return [min >= 0 && min - room < 0 ? 0 : min - room, max + room];
}

/** How far below the pane's upper edge a value is; null where it is not on the pane. */
export function placeOf(value: number, lines: readonly Line[], height: number): number | null {
  const [low, high] = valueRange(lines);
  const part = (value - low) / (high - low);
  return part >= 0 && part <= 1 ? ABOVE + (1 - part) * (height - ABOVE - BELOW) : null;
}

/** One pane. */
export function Pane(props: PaneProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    if (!host.current) return;
    const made = new uPlot(options(latest), corners(latest.current.lines), host.current);
    plot.current = made;
    return () => made.destroy();
  }, []);
  useEffect(() => {
    plot.current?.setSize({ width: props.width, height: props.height });
    refresh(plot.current, props);
  });
  useSignalEffect(() => {
    void axes.value;
    refresh(plot.current, latest.current);
  });
  return <div class="pane" ref={host} />;
}

/** The corners of what is shown are all that uPlot is given: it scales and draws axes, the data is painted by us. */
function corners(lines: readonly Line[]): uPlot.AlignedData {
  const { from, to } = axes.peek();
  return [[from, to], [...valueRange(lines)]];
}

function refresh(plot: uPlot | null, { lines }: PaneProps): void {
  plot?.setData(corners(lines));
}

function options(latest: { readonly current: PaneProps }): uPlot.Options {
  const { width, height, gutter } = latest.current;
  const colour = (): string => palette().faint;
  const grid = { stroke: () => palette().line, width: 1 };
  const font = `15px ${palette().font}`;
  return {
    width, height, ms: 1,
    legend: { show: false },
    cursor: { show: false },
    padding: [ABOVE, MARGIN, BELOW, 0],
    scales: {
      x: { time: false, range: () => [axes.peek().from, axes.peek().to] },
      y: { range: () => valueRange(latest.current.lines) },
    },
    series: [{}, { paths: () => null, points: { show: false } }],
    axes: [
      { size: 0, gap: 0, ticks: { show: false }, grid, values: () => [], splits: () => timeTicks(axes.peek(), ticksIn(latest.current.width), ZONE).map((tick) => tick.at) },
      { size: gutter, gap: 8, ticks: { show: false }, stroke: colour, font, grid, space: 44, values: (_plot, splits) => splits.map((value) => rounded(value, (splits[1] ?? 1) - (splits[0] ?? 0))) },
    ],
    hooks: {
      drawClear: [(plot) => paintBehind(groundOf(plot), latest.current.lines, latest.current.marks, palette(), now())],
      draw: [(plot) => paintData(groundOf(plot), latest.current.lines, palette())],
    },
  };
}

function groundOf(plot: uPlot): Ground {
  const { left, top, width, height } = plot.bbox;
  const { from, to } = axes.peek();
  const [low, high] = [plot.scales.y?.min ?? 0, plot.scales.y?.max ?? 1];
  return {
    context: plot.ctx, left, top, width, height, scale: uPlot.pxRatio,
    x: (at) => left + ((at - from) / (to - from)) * width,
    y: (value) => top + (1 - (value - low) / (high - low)) * height,
  };
}
