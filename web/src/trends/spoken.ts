// The charts in words.
//
// Takes: the picture.
// Gives: one sentence for whoever cannot see it, and for the head of a printed page.
// Never: more than the picture shows, or less: extremes, the unknown and alarms are named.

import { age } from "../shared/format";
import { fill, language, say, tell } from "../shared/words";
import { extremes, gapsOf } from "./series";
import type { Picture } from "./store";
import { fullAt } from "./zone";
import { shown } from "./ticks";
import { trendWords as words } from "./words";

/** The picture in one sentence. */
export function spoken(picture: Picture): string {
  const stop = language === "zh" ? "；" : "; ";
  const parts = [fill(words.fromTo, fullAt(picture.range.from), fullAt(picture.range.to))];
  for (const info of picture.infos) {
    const drawn = picture.drawn.get(info.point);
    if (!drawn) continue;
    const found = extremes([drawn.columns]);
    const unit = info.unit ? ` ${info.unit}` : "";
    const name = tell(info.name);
    parts.push(found ? fill(words.saysRange, name, shown(found.min) + unit, shown(found.max) + unit) : fill(words.saysNothing, name));
    const gap = gapsOf(drawn.columns, false).reduce((sum, one) => sum + one.to - one.from, 0);
    if (gap > 0) parts.push(fill(words.saysUnknown, age(gap)));
  }
  for (const info of picture.infos.filter((one) => picture.lanes.has(one.point))) parts.push(tell(info.name));
  if (picture.marks.alarms.length > 0) parts.push(fill(words.saysAlarms, picture.marks.alarms.length));
  return fill(words.chartOf, say(words.title), parts.join(stop));
}
