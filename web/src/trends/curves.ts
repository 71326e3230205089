// The data of a pane: bands from least to greatest, lines, letters.
//
// Takes: a pane's transform, its lines, the palette.
// Gives: what was compared, bands, spikes, lines.
// Never: a line over the unknown; a spike thinner than a pixel.

import { markOf } from "./colours";
import type { Ground, Line } from "./paint";
import type { Palette } from "./palette";
import type { Column, Dot } from "./series";

/** A spike stands out by more than so many pixels. */
const SPIKE = 6;

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
    const wanted = Math.min(top + height - side / 2, Math.max(top + side / 2, y(dot.value)));
    const free = (at: number): boolean => taken.every((other) => Math.abs(other - at) >= side) && at >= top + side / 2 && at <= top + height - side / 2;
    // The nearest free place, above or below.
    const place = Array.from({ length: 33 }, (_, step) => wanted + (step % 2 === 0 ? -1 : 1) * Math.ceil(step / 2) * side).find(free) ?? wanted;
    taken.push(place);
    context.fillStyle = palette.hues[mark.hue] ?? palette.ink;
    context.fillRect(at - side / 2, place - side / 2, side, side);
    context.fillStyle = palette.ground;
    context.fillText(mark.letter, at, place + scale);
  }
}
