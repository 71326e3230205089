// The filters as chips, and what they hide.
//
// Takes: open alarms, the filter.
// Gives: fields and chips above the lists.
// Never: hides a fire without saying so.

import { alarms, section } from "../shared/feed/feed";
import type { Category } from "../shared/feed/types";
import { fill, say, tell } from "../shared/words";
import { categoriesOf, hidden, isFiltering, NOTHING_HIDDEN } from "./chips";
import type { Filter } from "./chips";
import { filter } from "./desk";
import { words } from "./words";

const set = (part: Partial<Filter>): void => {
  filter.value = { ...filter.value, ...part };
};

/** The line of filters. */
export function Filters() {
  const held = filter.value;
  const all = [...alarms.value.values()];
  const away = hidden(all, held);
  const buildings = section("site").value?.buildings ?? [];
  const name = (category: Category): string => tell(all.find((alarm) => alarm.shown.counted_as === category)?.shown.category_text) || category;
  const categories = categoriesOf(all);
  const listed = held.category !== null && !categories.includes(held.category) ? [...categories, held.category] : categories;
  return (
    <div class="filters" role="search" aria-label={say(words.filters)}>
      <input id="filter-text" type="search" value={held.text} placeholder={`${say(words.search)}  /`} aria-label={say(words.search)} aria-keyshortcuts="/"
        onInput={(event) => set({ text: event.currentTarget.value })} />
      <select aria-label={say(words.everyBuilding)} class={held.building ? "on" : ""} value={held.building ?? ""} onChange={(event) => set({ building: event.currentTarget.value || null })}>
        <option value="">{say(words.everyBuilding)}</option>
        {buildings.map((one) => <option key={one.id} value={one.id}>{tell(one.name)}</option>)}
      </select>
      <select aria-label={say(words.everyCategory)} class={held.category ? "on" : ""} value={held.category ?? ""} onChange={(event) => set({ category: (event.currentTarget.value || null) as Category | null })}>
        <option value="">{say(words.everyCategory)}</option>
        {listed.map((one) => <option key={one} value={one}>{name(one)}</option>)}
      </select>
      <button type="button" class={`small chip ${held.owed ? "go" : ""}`} aria-pressed={held.owed} onClick={() => set({ owed: !held.owed })}>{say(words.onlyOwed)}</button>
      {isFiltering(held) && (
        <p class="hides" role="status">
          {fill(words.hiddenN, away.count)}
          {away.fires > 0 && <b class="fire-word"> {fill(words.firesHidden, away.fires)}</b>}
          <button type="button" class="small" onClick={() => { filter.value = NOTHING_HIDDEN; }}>{say(words.showAll)}</button>
        </p>
      )}
    </div>
  );
}
