// Tells the gateway that this wall is there: a wall that falls silent is a fault.
//
// Takes: the wall's id, its sound, whether the page can be seen.
// Gives: `POST /api/v1/walls/{id}/beacon` every five seconds.
// Never: asks for anything, or stops because one was not heard.

import { section } from "../shared/feed/feed";
import { soundState } from "../shared/sound";

const EVERY = 5_000;

/** Begins to tell; a wall without an id is only looked at and tells nothing. */
export function startBeacon(id: string | null): void {
  if (id === null) return;
  let seq = 0;
  const tell = (): void => {
    seq += 1;
    const body = {
      sound: soundState.peek(),
      visible: document.visibilityState === "visible",
      build: section("site").peek()?.build ?? "",
      screen: { width: innerWidth, height: innerHeight },
      seq,
    };
    const headers = { "content-type": "application/json" };
    // The next one comes in five seconds; that none is heard is the gateway's to say.
    fetch(`/api/v1/walls/${encodeURIComponent(id)}/beacon`, { method: "POST", headers, body: JSON.stringify(body) }).catch(() => undefined);
  };
  tell();
  setInterval(tell, EVERY);
}
