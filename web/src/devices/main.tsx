// Draws the devices console.
//
// Takes: the element that the gateway's shell leaves for it.
// Gives: the app.
// Never: draws before the shell is there.

import { render } from "preact";
import { follow, watchFeed } from "../shared/feed/feed";
import { Now } from "../shared/now";
import { startClock } from "../shared/clock";
import { loadSymbols } from "../shared/symbol";
import { Device } from "./Device";
import { Health } from "./Health";
import { chosen, start } from "./store";
import { Tree } from "./Tree";
import "../shared/tokens.css";
import "../shared/console.css";
import "./devices.css";

function Page() {
  return (
    <div class={chosen.value === null ? "page" : "page has-device"}>
      <Now home={false} />
      <Health />
      <Tree />
      <Device />
    </div>
  );
}

const root = document.getElementById("app");
if (root) {
  startClock();
  void loadSymbols();
  watchFeed();
  follow();
  start();
  render(<Page />, root);
}
