// Hands on the charts: drag, wheel, pinch, keys.
//
// Takes: pointer, wheel and key events over the field.
// Gives: another view, the cursor, the stretch being dragged over.
// Never: waits for the gateway; the axes move at once, the data follows.

import { signal } from "@preact/signals";
import { now } from "../shared/clock";
import { panned, past, rangeOf, zoomed } from "./range";
import type { Range } from "./range";
import { axes, cursor, picture, show, view } from "./store";

/** The stretch that is being dragged over; null while nobody drags. */
export const dragged = signal<Range | null>(null);

/** A drag shorter than this many pixels is a click. */
const CLICK = 5;

interface Held {
  readonly x: number;
  readonly at: number;
}

/** Watches the field; gives what ends the watching. */
export function watch(field: HTMLElement): () => void {
  const down = new Map<number, Held>();
  let begun: { readonly range: Range; readonly moves: boolean } | null = null;
  const box = (): DOMRect => field.getBoundingClientRect();
  const instantAt = (x: number, range: Range): number => {
    const { left, width } = box();
    return range.from + (Math.min(width, Math.max(0, x - left)) / Math.max(1, width)) * (range.to - range.from);
  };

  const press = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    field.setPointerCapture(event.pointerId);
    down.set(event.pointerId, { x: event.clientX, at: instantAt(event.clientX, axes.peek()) });
    // A finger moves the paper, a mouse marks a stretch; with Shift it moves the paper too.
    begun = { range: axes.peek(), moves: event.pointerType === "touch" || event.shiftKey };
  };

  const move = (event: PointerEvent): void => {
    const held = down.get(event.pointerId);
    if (!held || !begun) {
      cursor.value = instantAt(event.clientX, axes.peek());
      return;
    }
    if (down.size === 2) {
      pinch(event, down, begun.range);
    } else if (begun.moves) {
      const by = ((held.x - event.clientX) / Math.max(1, box().width)) * (begun.range.to - begun.range.from);
      if (Math.abs(held.x - event.clientX) >= CLICK) show(past({ from: begun.range.from + by, to: begun.range.to + by }, now()));
    } else if (Math.abs(held.x - event.clientX) >= CLICK) {
      const [one, other] = [held.at, instantAt(event.clientX, axes.peek())];
      dragged.value = { from: Math.min(one, other), to: Math.max(one, other) };
    }
  };

  const pinch = (event: PointerEvent, fingers: Map<number, Held>, range: Range): void => {
    const entries = [...fingers];
    const other = entries.find(([id]) => id !== event.pointerId)?.[1];
    const mine = fingers.get(event.pointerId);
    if (!mine || !other || Math.abs(event.clientX - other.x) < 20) return;
    const factor = Math.abs(mine.x - other.x) / Math.abs(event.clientX - other.x);
    show(zoomed({ kind: "past", ...range }, factor, (mine.at + other.at) / 2, now()));
  };

  const lift = (event: PointerEvent): void => {
    const held = down.get(event.pointerId);
    down.delete(event.pointerId);
    if (dragged.value) show(past(dragged.value, now()));
    else if (held && Math.abs(held.x - event.clientX) < CLICK) cursor.value = held.at;
    dragged.value = null;
    // The finger that is left begins anew from where it is.
    begun = down.size > 0 ? { range: axes.peek(), moves: true } : null;
    for (const [id, one] of down) down.set(id, { ...one, at: instantAt(one.x, axes.peek()) });
  };

  const cancel = (event: PointerEvent): void => {
    down.delete(event.pointerId);
    dragged.value = null;
  };

  const wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const sideways = event.shiftKey ? event.deltaY : event.deltaX;
    if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) show(panned(view.peek(), Math.sign(sideways) * 0.1, now()));
    else show(zoomed(view.peek(), event.deltaY > 0 ? 1.25 : 0.8, instantAt(event.clientX, axes.peek()), now()));
  };

  const leave = (event: PointerEvent): void => {
    if (event.pointerType === "mouse" && down.size === 0) cursor.value = null;
  };

  field.addEventListener("pointerdown", press);
  field.addEventListener("pointermove", move);
  field.addEventListener("pointerup", lift);
  field.addEventListener("pointercancel", cancel);
  field.addEventListener("pointerleave", leave);
  field.addEventListener("wheel", wheel, { passive: false });
  return () => {
    field.removeEventListener("pointerdown", press);
    field.removeEventListener("pointermove", move);
    field.removeEventListener("pointerup", lift);
    field.removeEventListener("pointercancel", cancel);
    field.removeEventListener("pointerleave", leave);
    field.removeEventListener("wheel", wheel);
  };
}

/** What a key does; whether it did something. */
export function pressed(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const step = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
  if (step !== 0 && event.shiftKey) {
    stepCursor(step);
    return true;
  }
  const held = cursor.peek();
  switch (event.key) {
    case "ArrowLeft": case "ArrowRight": show(panned(view.peek(), step / 2, now())); return true;
    case "+": case "=": show(zoomed(view.peek(), 0.5, held, now())); return true;
    case "-": case "_": show(zoomed(view.peek(), 2, held, now())); return true;
    case "Home": show({ kind: "live", span: spanOf() }); return true;
    case "Escape": cursor.value = null; return true;
    default: return false;
  }
}

/** How long what is shown is. */
export function spanOf(): number {
  const { from, to } = rangeOf(view.peek(), now());
  return to - from;
}

/** The cursor goes to the next column, or begins in the middle. */
function stepCursor(step: number): void {
  const { from, to } = axes.peek();
  const column = (to - from) / Math.max(1, picture.peek()?.pixels ?? 1);
  const held = cursor.peek();
  cursor.value = held === null ? (from + to) / 2 : Math.min(to, Math.max(from, held + step * column * 4));
}
