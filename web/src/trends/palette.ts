// The colours of the tokens as a canvas takes them.
//
// Takes: the style sheets, the theme of the page.
// Gives: resolved colours; hatches.
// Never: a colour of its own.

import { HUES } from "./colours";

/** What a chart is painted with. */
export interface Palette {
  readonly ink: string;
  readonly faint: string;
  readonly line: string;
  readonly ground: string;
  /** Where nothing was recorded. */
  readonly bare: string;
  readonly hues: readonly string[];
  readonly fire: string;
  readonly fireEdge: string;
  readonly fault: string;
  readonly faultEdge: string;
  readonly lost: string;
  readonly hatch: string;
  readonly disabled: string;
  readonly font: string;
}

let held: { readonly key: string; readonly palette: Palette } | null = null;

/** The colours as they are now. */
export function palette(): Palette {
  const root = document.documentElement;
  const key = `${root.dataset.theme} ${root.dataset.palette} ${matchMedia("print").matches}`;
  if (held?.key === key) return held.palette;
  // A probe, because a custom property is not resolved by itself.
  const probe = document.createElement("i");
  probe.hidden = true;
  document.body.append(probe);
  const colour = (name: string): string => {
    probe.className = name;
    return getComputedStyle(probe).color;
  };
  const made: Palette = {
    ink: colour("p-ink"), faint: colour("p-faint"), line: colour("p-line"), ground: colour("p-ground"), bare: colour("p-bare"),
    hues: Array.from({ length: HUES }, (_, index) => colour(`hue-${index}`)),
    fire: colour("p-fire"), fireEdge: colour("p-fire-edge"), fault: colour("p-fault"), faultEdge: colour("p-fault-edge"),
    lost: colour("p-lost"), hatch: colour("p-hatch"), disabled: colour("p-disabled"),
    font: getComputedStyle(document.body).fontFamily,
  };
  probe.remove();
  held = { key, palette: made };
  return made;
}

/** A hatch in one colour: rising for the unknown, falling for what a person set aside. */
export function hatch(context: CanvasRenderingContext2D, colour: string, rising: boolean, scale: number): CanvasPattern | string {
  const side = Math.round(9 * scale);
  const tile = document.createElement("canvas");
  tile.width = side;
  tile.height = side;
  const paint = tile.getContext("2d");
  if (!paint) return colour;
  paint.strokeStyle = colour;
  paint.lineWidth = side / 3;
  for (const shift of [-side, 0, side]) {
    paint.beginPath();
    paint.moveTo(shift, rising ? side : 0);
    paint.lineTo(shift + side, rising ? 0 : side);
    paint.stroke();
  }
  return context.createPattern(tile, "repeat") ?? colour;
}
