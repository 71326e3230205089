// What is painted behind the data of a pane.
//
// Takes: a pane's transform, its lines, what happened, the palette.
// Gives: the paper where something was recorded, shading of what happened, hatches of the unknown, limits.
// Never: paper where nothing was recorded, or a colour of an alarm for what is none.

import type { Happened, Limit, Marks } from "./api";
import { millis } from "../shared/format";
import { hatch } from "./palette";
import type { Palette } from "./palette";
import { gapsOf, recorded } from "./series";
import type { Drawn } from "./series";
import { toneOf } from "./happened";
import type { Tone } from "./happened";

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
  /** Its place among all chosen points, and its id. */
  readonly index: number;
  readonly point: string;
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
  // An isolation is of one point, or of an element with its points: it is not drawn over what else is measured.
  const own = marks.isolations.filter(({ point = "" }) => lines.some((line) => line.point === point || line.point.startsWith(`${point}.`)));
  for (const set of [...own, ...marks.tests, ...marks.drills]) {
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
