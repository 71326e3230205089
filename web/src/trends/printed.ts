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
  const repaint = (): void => {
    axes.value = { ...axes.peek() };
  };
  addEventListener("beforeprint", () => {
    before = root.dataset.theme;
    root.dataset.theme = "day";
    repaint();
  });
  addEventListener("afterprint", () => {
    if (before !== undefined) root.dataset.theme = before;
    repaint();
  });
}
