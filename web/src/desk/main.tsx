// Draws the desk console.
//
// Takes: the element that the gateway's shell leaves for it.
// Gives: the app; on a phone, the page that is made for it.
// Never: draws before the shell is there.

import { render } from "preact";
import { startClock } from "../shared/clock";
import { loadSymbols } from "../shared/symbol";
import { follow, watchFeed } from "../shared/feed/feed";
import { followPlans } from "../shared/plan/drawing";
import { startSound } from "../shared/sound";
import "../shared/tokens.css";
import "../shared/console.css";
import "./desk.css";
import "./side.css";
import { App } from "./app";
import { holdPlace, resumePlace, startChoosing, tab } from "./desk";
import { watchFocus } from "./focus";
import { enterTab, startKeys } from "./keys";
import { followOthers } from "./progress";

const root = document.getElementById("app");
if (matchMedia("(max-width: 40rem)").matches && !new URLSearchParams(location.search).has("desk")) {
  location.replace("/phone");
} else if (root) {
  startClock();
  void loadSymbols();
  watchFeed();
  follow();
  startSound();
  followPlans();
  const back = resumePlace();
  startChoosing();
  followOthers();
  startKeys();
  holdPlace();
  watchFocus();
  render(<App />, root);
  if (back && tab.peek() !== "alarm") enterTab();
}
