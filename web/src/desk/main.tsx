// Draws the desk console.
//
// Takes: the element that the gateway's shell leaves for it.
// Gives: the app.
// Never: draws before the shell is there.

import { render } from "preact";
import { follow, watchFeed } from "../shared/feed/feed";
import { startClock } from "../shared/clock";
import "../shared/tokens.css";
import "../shared/console.css";

const root = document.getElementById("app");
if (root) {
  startClock();
  watchFeed();
  follow();
  render(<p>{document.title}</p>, root);
}
