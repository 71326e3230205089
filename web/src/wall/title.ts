// The title bar tells the state word: a wall in a window behind others still says it.
//
// Takes: the banner, whether the feed is lost.
// Gives: the document's title.
// Never: an old state while the feed is lost.

import { effect } from "@preact/signals";
import { lost, ready, section } from "../shared/feed/feed";
import { fill, say, tell, words } from "../shared/words";
import { wall } from "./words";

/** Follows the state; called once. */
export function startTitle(): void {
  effect(() => {
    const banner = section("banner").value;
    const site = tell(section("site").value?.name);
    const word = lost.value ? say(wall.lostTitle) : ready.value && banner ? tell(banner.text) : say(wall.startTitle);
    const owed = !lost.value && banner && banner.unacknowledged > 0 ? ` (${fill(words.notAcknowledged, banner.unacknowledged)})` : "";
    document.title = `${word}${owed} - ${site || say(wall.title)}`;
  });
}
