// Filters of the lists, always visible as chips.
//
// Takes: alarms, what the operator wants to see.
// Gives: whether a row passes, what is hidden and how many fires are among it.
// Never: hides without a count.

import type { Alarm, Category } from "../shared/feed/types";
import { isFire, isOwed } from "./order";

/** What is asked for; null and empty ask for everything. */
export interface Filter {
  readonly text: string;
  readonly building: string | null;
  readonly category: Category | null;
  readonly owed: boolean;
}

/** Everything is shown. */
export const NOTHING_HIDDEN: Filter = { text: "", building: null, category: null, owed: false };

/** Whether anything is filtered at all. */
export function isFiltering(filter: Filter): boolean {
  return filter.text.trim() !== "" || filter.building !== null || filter.category !== null || filter.owed;
}

/** Whether a row passes. Words are looked for in both languages: people know the place in one of them. */
export function passes(alarm: Alarm, filter: Filter): boolean {
  if (filter.owed && !isOwed(alarm)) return false;
  if (filter.building !== null && alarm.place.building !== filter.building) return false;
  if (filter.category !== null && alarm.shown.counted_as !== filter.category) return false;
  const words = filter.text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const { shown, name } = alarm;
  const held = [alarm.point, alarm.code, alarm.id, alarm.place.zone, name.zh, name.en, shown.head.zh, shown.head.en, shown.left.zh, shown.left.en, shown.category_text.zh, shown.category_text.en];
  const text = held.join("\n").toLowerCase();
  return words.every((word) => text.includes(word));
}

/** How many rows a filter hides, and how many of them are fires. */
export function hidden(alarms: Iterable<Alarm>, filter: Filter): { readonly count: number; readonly fires: number } {
  let [count, fires] = [0, 0];
  for (const alarm of alarms) {
    if (passes(alarm, filter)) continue;
    count += 1;
    if (isFire(alarm)) fires += 1;
  }
  return { count, fires };
}

/** Categories that have rows, in the order of the list of all. */
export function categoriesOf(alarms: Iterable<Alarm>): readonly Category[] {
  return [...new Set([...alarms].map((alarm) => alarm.shown.counted_as))];
}
