// What is painted on a pane besides its axes.
//
// Takes: a pane's transform, columns and lines, what happened, the palette.
// Gives: shading, hatches, limits, bands and lines.
// Never: a line over the unknown; a spike thinner than a pixel.

import type { Happened, Limit, Marks } from "./api";
import { millis } from "../shared/format";
import { markOf } from "./colours";
import { hatch } from "./palette";
import type { Palette } from "./palette";
import { gapsOf, recorded } from "./series";
import type { Column, Dot, Drawn } from "./series";
import { toneOf } from "./happened";
import type { Tone } from "./happened";

/** A spike stands out by more than so many pixels. */
const SPIKE = 6;

/** Where things are on the canvas, in its own pixels. */
export interface Ground {
  readonly context: CanvasRenderingContext2D;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Canvas pixels of one of the page. */
  readonly scale: number;
  readonly x: (at: number) => number;
  readonly y: (value: number) => number;
}

/** One line of a pane. */
export interface Line {
  /** Its place among all chosen points. */
  readonly index: number;
  readonly drawn: Drawn;
  readonly before: Drawn | null;
  readonly limits: readonly Limit[];
}

/** What is behind the data: the field, what happened, what was not known, limits. */
export function paintBehind(ground: Ground, lines: readonly Line[], marks: Marks, palette: Palette, now: number): void {
  const { context, left, top, width, height, scale } = ground;
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.fillStyle = palette.bare;
  context.fillRect(left, top, width, height);
  // Where nothing was recorded there is no paper.
  context.fillStyle = palette.ground;
  for (const { from, to } of lines.flatMap((line) => recorded(line.drawn.columns))) {
    context.fillRect(ground.x(from), top, ground.x(to) - ground.x(from), height);
  }
  const band = (happened: Happened, paint: (from: number, to: number) => void): void => {
    for (const spell of happened.spells) paint(ground.x(millis(spell.from)), ground.x(spell.to ? millis(spell.to) : now));
  };
  context.fillStyle = hatch(context, palette.disabled, false, scale);
  for (const set of [...marks.isolations, ...marks.tests, ...marks.drills]) {
    band(set, (from, to) => context.fillRect(from, top, Math.max(scale, to - from), height));
  }
  for (const alarm of [...marks.incidents, ...marks.alarms]) {
    const tone = toneOf(alarm.category);
    const [fill, edge] = coloursOf(tone, palette);
    band(alarm, (from, to) => {
      context.globalAlpha = tone === "fire" ? 0.14 : 0.1;
      context.fillStyle = fill;
      context.fillRect(from, top, Math.max(scale, to - from), height);
      context.globalAlpha = 1;
      context.fillStyle = edge;
      context.fillRect(from - scale, top, 2 * scale, height);
    });
    for (const at of alarm.acknowledged ?? []) tick(ground, ground.x(millis(at)), edge, false);
    if (alarm.reset) tick(ground, ground.x(millis(alarm.reset)), edge, true);
  }
  paintGaps(ground, lines, palette);
  paintLimits(ground, lines, palette);
  context.restore();
}

/** What an alarm is shaded and edged with; what equipment did is no alarm and has no colour of one. */
function coloursOf(tone: Tone, palette: Palette): readonly [fill: string, edge: string] {
  switch (tone) {
    case "fire": return [palette.fire, palette.fireEdge];
    case "lost": return [palette.lost, palette.lost];
    case "act": return [palette.faint, palette.faint];
    case "fault": case "dis": return [palette.fault, palette.faultEdge];
  }
}

/** A tick at the upper edge: open for an acknowledgement, filled for a reset. */
function tick({ context, top, scale }: Ground, x: number, colour: string, filled: boolean): void {
  context.beginPath();
  context.moveTo(x - 5 * scale, top + scale);
  context.lineTo(x + 5 * scale, top + scale);
  context.lineTo(x, top + 9 * scale);
  context.closePath();
  context.lineWidth = 1.5 * scale;
  context.strokeStyle = colour;
  context.fillStyle = colour;
  if (filled) context.fill();
  context.stroke();
}

/** The unknown: over the whole height for a line that is alone, else a strip at the foot for each. */
function paintGaps(ground: Ground, lines: readonly Line[], palette: Palette): void {
  const { context, top, height, scale } = ground;
  const pattern = hatch(context, palette.hatch, true, scale);
  const strip = lines.length === 1 ? height : Math.min(10 * scale, height / (lines.length + 1));
  lines.forEach((line, place) => {
    const from = lines.length === 1 ? top : top + height - strip * (lines.length - place);
    for (const gap of gapsOf(line.drawn.columns, true)) {
      const [begin, end] = [ground.x(gap.from), ground.x(gap.to)];
      context.fillStyle = pattern;
      context.fillRect(begin, from, Math.max(scale, end - begin), strip);
      context.strokeStyle = palette.lost;
      context.lineWidth = scale;
      context.setLineDash([4 * scale, 4 * scale]);
      context.beginPath();
      for (const x of [begin, end]) {
        context.moveTo(x, from);
        context.lineTo(x, from + strip);
      }
      context.stroke();
      context.setLineDash([]);
    }
  });
}

function paintLimits(ground: Ground, lines: readonly Line[], palette: Palette): void {
  const { context, left, top, width, height, scale } = ground;
  context.lineWidth = 1.5 * scale;
  context.setLineDash([10 * scale, 5 * scale]);
  context.strokeStyle = palette.faultEdge;
  for (const limit of lines.flatMap((line) => line.limits)) {
    const y = ground.y(limit.value);
    if (y < top || y > top + height) continue;
    context.beginPath();
    context.moveTo(left, y);
    context.lineTo(left + width, y);
    context.stroke();
  }
  context.setLineDash([]);
}

/** The data: what was before, then bands, then lines. */
export function paintData(ground: Ground, lines: readonly Line[], palette: Palette): void {
  const { context, left, top, width, height, scale } = ground;
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  for (const { index, before } of lines) {
    if (!before) continue;
    const colour = palette.hues[markOf(index).hue] ?? palette.ink;
    context.globalAlpha = 0.12;
    paintBand(ground, before.columns, colour);
    context.globalAlpha = 0.75;
    paintLine(ground, before.line, colour, 1, [2, 3]);
    context.globalAlpha = 1;
  }
  for (const { index, drawn } of lines) {
    const mark = markOf(index);
    const colour = palette.hues[mark.hue] ?? palette.ink;
    context.globalAlpha = 0.36;
    paintBand(ground, drawn.columns, colour);
    context.globalAlpha = 1;
    paintSpikes(ground, drawn.columns, colour);
    paintLine(ground, drawn.line, colour, 2, mark.dash);
  }
  if (lines.length > 1) letters(ground, lines, palette);
  context.restore();
  context.lineWidth = scale;
}

/** From min to max of each column, never thinner than a pixel. */
function paintBand({ context, x, y, scale }: Ground, columns: readonly Column[], colour: string): void {
  context.fillStyle = colour;
  for (const column of columns) {
    if (column.min === null || column.max === null) continue;
    const [from, upper, lower] = [x(column.from), y(column.max), y(column.min)];
    context.fillRect(from, upper, Math.max(scale, x(column.to) - from), Math.max(scale, lower - upper));
  }
}

/** What stands out of its neighbours by more than a few pixels is drawn whole: a spike must be seen from afar. */
function paintSpikes({ context, x, y, scale }: Ground, columns: readonly Column[], colour: string): void {
  context.fillStyle = colour;
  columns.forEach((column, place) => {
    if (column.min === null || column.max === null) return;
    const [before, after] = [columns[place - 1] ?? column, columns[place + 1] ?? column];
    const middle = (x(column.from) + x(column.to)) / 2 - scale / 2;
    const upper = y(Math.max(before.max ?? column.max, after.max ?? column.max)) - y(column.max);
    const lower = y(column.min) - y(Math.min(before.min ?? column.min, after.min ?? column.min));
    if (upper > SPIKE * scale) context.fillRect(middle, y(column.max), 1.5 * scale, upper);
    if (lower > SPIKE * scale) context.fillRect(middle, y(column.min) - lower, 1.5 * scale, lower);
  });
}

function paintLine({ context, x, y, scale }: Ground, line: readonly Dot[], colour: string, width: number, dash: readonly number[]): void {
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.lineWidth = width * scale;
  context.lineJoin = "round";
  context.setLineDash(dash.map((length) => length * scale));
  context.beginPath();
  let lonely: Dot | null = null;
  let open = false;
  const alone = (): void => {
    // A single mean between two gaps has no length: it is a dot, or it would not be there.
    if (lonely && lonely.value !== null) context.rect(x(lonely.at) - width * scale / 2, y(lonely.value) - width * scale / 2, width * scale, width * scale);
    lonely = null;
  };
  for (const dot of line) {
    if (dot.value === null) {
      alone();
      open = false;
    } else if (open) {
      context.lineTo(x(dot.at), y(dot.value));
      lonely = null;
    } else {
      alone();
      context.moveTo(x(dot.at), y(dot.value));
      lonely = dot;
      open = true;
    }
  }
  alone();
  context.stroke();
  context.setLineDash([]);
}

/** Letters at the last value of each line that is on the pane, none over another. */
function letters({ context, x, y, scale, left, width, top, height }: Ground, lines: readonly Line[], palette: Palette): void {
  const taken: number[] = [];
  context.font = `700 ${13 * scale}px ${palette.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (const { index, drawn } of lines) {
    const mark = markOf(index);
    const dot = drawn.line.findLast((one) => one.value !== null && x(one.at) <= left + width && x(one.at) >= left);
    if (!dot || dot.value === null) continue;
    const side = 18 * scale;
    const at = Math.min(x(dot.at), left + width - side / 2);
    let place = Math.min(top + height - side / 2, Math.max(top + side / 2, y(dot.value)));
    while (taken.some((other) => Math.abs(other - place) < side)) place += side;
    taken.push(place);
    context.fillStyle = palette.hues[mark.hue] ?? palette.ink;
    context.fillRect(at - side / 2, place - side / 2, side, side);
    context.fillStyle = palette.ground;
    context.fillText(mark.letter, at, place + scale);
  }
}
