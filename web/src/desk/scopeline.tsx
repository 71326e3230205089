// Tests and drills that run: said in the banner, so that nobody takes them for real, or the real for them.
//
// Takes: the scopes of the feed.
// Gives: one line.
// Never: hides a real alarm; the line stands beside it.

import { section } from "../shared/feed/feed";
import { Symbol } from "../shared/symbol";
import { fill, tell } from "../shared/words";
import { words } from "./words";

/** One line while a test or a drill runs. */
export function ScopeLine() {
  const scopes = section("scopes").value;
  if (!scopes || scopes.tests.length + scopes.drills.length === 0) return null;
  const site = section("site").value;
  const name = (id: string): string => tell(site?.buildings.find((one) => one.id === id)?.name) || id;
  return (
    <p class="scopeline">
      <Symbol name="eye" />
      {scopes.tests.length > 0 && <b>{fill(words.testRuns, scopes.tests.length)}</b>}
      {scopes.drills.length > 0 && <b>{fill(words.drillRuns, scopes.drills.map((drill) => name(drill.building)).join(" "))}</b>}
    </p>
  );
}
