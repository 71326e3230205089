// Alarms for the tests of the desk's pure parts.
//
// Takes: what differs.
// Gives: an alarm as the gateway sends it.
// Never: goes into the app; only tests import it.

import type { Alarm, Category, RowState } from "../shared/feed/types";
import type { Text } from "../shared/words";

/** One text for both languages. */
export const same = (text: string): Text => ({ zh: text, en: text });

interface Differs extends Partial<Omit<Alarm, "shown">> {
  readonly state?: RowState;
  readonly window?: Alarm["shown"]["window"];
}

/** An alarm of this id and category. */
export function alarm(id: string, category: Category = "fire", { state = "new", window = "alarms", ...other }: Differs = {}): Alarm {
  const place = { building: "1", floor: "12", zone: "1-12", text: same(`place of ${id}`) };
  return {
    id, condition: `panel-1/${id}:${category}`, device: "panel-1", point: `panel-1/${id}`, category, priority: category === "fire" ? 1 : 4, name: { zh: "东侧感烟", en: "east smoke" },
    code: "121101", type: "03", place, source: "active", latched: true, ack: null, verdict: "unverified", inhibit: [], raised_at: "2026-11-22T14:00:00+08:00", count: 1, first: false, realarm: false,
    incident: category === "fire" ? "1-1" : null, next: null,
    shown: {
      state, state_text: same(state), category_text: same(category), symbol: category, head: same(`head of ${id}`), left: same(""), rest: same(""), source_text: same("active"), verdict_text: same("not verified"), tags: [], window, counted_as: category,
    },
    ...other,
  };
}
