// Bars below the lamps: drills, tests, and that the journal takes nothing.
//
// Takes: scopes, the banner.
// Gives: up to three bars, each with what it is, who, until when.
// Never: looks like an alarm, and never covers one.

import { now } from "../shared/clock";
import { section } from "../shared/feed/feed";
import { dayClock } from "../shared/format";
import { Symbol } from "../shared/symbol";
import { fill, say, tell, words } from "../shared/words";
import { wall } from "./words";

interface Bar {
  readonly key: string;
  readonly kind: "drill" | "test" | "unrecorded";
  readonly title: string;
  readonly text: string;
}

/** Most bars at one time. */
export const MOST_BARS = 2;

/** The bars that stand now. */
export function barsOf(): Bar[] {
  const scopes = section("scopes").value ?? { tests: [], drills: [] };
  const site = section("site").value;
  const until = (text: string): string => dayClock(text, now()).replace(/:\d\d$/, "");
  const building = (id: string): string => tell(site?.buildings.find((one) => one.id === id)?.name) || id;
  const all: Bar[] = [];
  if (section("banner").value?.unrecorded) all.push({ key: "unrecorded", kind: "unrecorded", title: say(words.notRecorded), text: say(wall.unrecordedDo) });
  for (const drill of scopes.drills) all.push({ key: drill.id, kind: "drill", title: say(wall.drill), text: [fill(wall.drillBar, building(drill.building), drill.by, until(drill.until)), drill.reason].filter(Boolean).join(" · ") });
  for (const test of scopes.tests) {
    const points = typeof test.points === "number" ? test.points : test.points.length;
    all.push({ key: test.id, kind: "test", title: say(wall.test), text: [fill(wall.drillBar, fill(wall.pointsTested, points), test.by, until(test.until)), test.reason].filter(Boolean).join(" · ") });
  }
  return all;
}

/** The bars. */
export function Bars() {
  const all = barsOf();
  return (
    <div class="bars" role="status">
      {all.slice(0, MOST_BARS).map((bar, index) => (
        <p key={bar.key} class={`bar bar-${bar.kind}`}>
          {bar.kind === "unrecorded" && <Symbol name="fault" tone="fault" />}
          <b>{bar.title}</b><span>{bar.text}</span>
          {index === MOST_BARS - 1 && all.length > MOST_BARS && <b class="end">{fill(wall.moreScopes, all.length - MOST_BARS)}</b>}
        </p>
      ))}
    </div>
  );
}
