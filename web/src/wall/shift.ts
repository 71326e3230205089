// A slow walk of the picture against burn-in.
//
// Takes: the time.
// Gives: a step of one or two pixels, another one every three minutes.
// Never: while anything is wrong; the picture then stands still.

const EVERY = 180_000;
const STEPS: readonly (readonly [number, number])[] = [[0, 0], [1, 0], [2, 1], [1, 2], [0, 2], [-1, 1], [-2, 0], [-1, -1]];

/** Where the picture stands at a time, in pixels from its place. */
export function shift(at: number): { readonly x: number; readonly y: number } {
  const [x, y] = STEPS[Math.floor(at / EVERY) % STEPS.length] ?? [0, 0];
  return { x, y };
}
