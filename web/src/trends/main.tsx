// Draws the trends console.
//
// Takes: the element that the gateway's shell leaves for it.
// Gives: the app.
// Never: draws before the shell is there.

import { render } from "preact";
import { follow, watchFeed } from "../shared/feed/feed";
import { startClock } from "../shared/clock";
import { loadSymbols } from "../shared/symbol";
import "../shared/tokens.css";
import "../shared/console.css";
import "uplot/dist/uPlot.min.css";
import "./trends.css";
import { App, begin } from "./app";
import { painted } from "./printed";

const root = document.getElementById("app");
if (root) {
  startClock();
  void loadSymbols();
  watchFeed();
  follow();
  begin();
  painted();
  render(<App />, root);
}
