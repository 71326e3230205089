// Printing: ink on white, whatever the theme of the screen.
//
// Takes: the browser's word that it prints.
// Gives: the day theme while it does, and charts painted in it.
// Never: leaves the screen in another theme than it had.

import { axes } from "./store";

/** Watches for printing; called once. */
export function painted(): void {
  const root = document.documentElement;
  let before: string | undefined;
  const change = (prints: boolean): void => {
    if (prints === (before !== undefined)) return;
    if (prints) {
      before = root.dataset.theme ?? "day";
      root.dataset.theme = "day";
    } else {
      root.dataset.theme = before ?? "day";
      before = undefined;
    }
    axes.value = { ...axes.peek() };
  };
  matchMedia("print").addEventListener("change", (event) => change(event.matches));
  addEventListener("beforeprint", () => change(true));
  addEventListener("afterprint", () => change(false));
}
