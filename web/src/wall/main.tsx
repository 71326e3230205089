// Draws the wall console.
//
// Takes: the element that the gateway's shell leaves for it.
// Gives: the app: feed, clock, sound, beacon, picture.
// Never: draws before the shell is there.

import { render } from "preact";
import { follow, watchFeed } from "../shared/feed/feed";
import { startClock } from "../shared/clock";
import { loadSymbols } from "../shared/symbol";
import { startSound } from "../shared/sound";
import { followPlans } from "../shared/plan/drawing";
import { startBeacon } from "./beacon";
import { settings, startState } from "./state";
import { startTitle } from "./title";
import { Wall } from "./wall";
import "../shared/tokens.css";
import "../shared/console.css";
import "./wall.css";
import "./parts.css";

const root = document.getElementById("app");
if (root) {
  startClock();
  void loadSymbols();
  startState();
  watchFeed();
  follow();
  followPlans();
  startSound();
  startBeacon(settings.id);
  startTitle();
  render(<Wall />, root);
}
