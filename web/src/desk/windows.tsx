// The windows: alarms, actions, faults and what is set aside, split or one of them large (FA-14).
//
// Takes: alarms in order, the filter, where pointer and focus are.
// Gives: lists whose rows keep their place while somebody is at them.
// Never: draws more rows than fit, and never moves one under the pointer.

import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { alarms, section } from "../shared/feed/feed";
import type { Alarm, WindowName } from "../shared/feed/types";
import { fill, say } from "../shared/words";
import type { Phrase } from "../shared/words";
import { passes } from "./chips";
import { bulk, choose, chosenId, enlarged, filter, form, onScreen, tab, windows } from "./desk";
import { isOwed, settled, WINDOWS } from "./order";
import { Heads, Row } from "./row";
import { words } from "./words";

const TITLES: Readonly<Record<WindowName, Phrase>> = { alarms: words.alarms, actions: words.actions, faults: words.faults, "set-aside": words.aside };
/** Height of a row in rem. */
const ROW = 2.375;
/** Rows drawn above and below what is seen. */
const SPARE = 6;
/** Somebody who did nothing for this long in milliseconds is not at the list. */
const IDLE = 4_000;

const rowHeight = (): number => ROW * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);

/** All windows, or the enlarged one. */
export function Windows() {
  const large = enlarged.value;
  return (
    <div class={`windows ${large ? "large" : "split"}`}>
      {WINDOWS.filter((name) => large === null || name === large).map((name) => <Window key={name} name={name} large={large !== null} />)}
    </div>
  );
}

function Window({ name, large }: { readonly name: WindowName; readonly large: boolean }) {
  const counts = section("windows").value?.[name];
  const key = `F${5 + WINDOWS.indexOf(name)}`;
  const list = useRef<ListState | null>(null);
  const waiting = useSignal(0);
  return (
    <section class={`window window-${name} ${(counts?.unacknowledged ?? 0) > 0 ? "owed" : ""}`} aria-label={say(TITLES[name])}>
      <header>
        <h2>{say(TITLES[name])} <b>{counts?.total ?? 0}</b></h2>
        {(counts?.unacknowledged ?? 0) > 0 && <span class="dim">{fill(words.unacknowledgedN, counts?.unacknowledged ?? 0)}</span>}
        {waiting.value > 0 && <button type="button" class="go small waiting" onClick={() => list.current?.apply()}>{fill(words.newAbove, waiting.value)}</button>}
        <span class="grow" />
        <Bulk name={name} />
        <button type="button" class="plain" onClick={() => { enlarged.value = large ? null : name; }} aria-keyshortcuts={large ? "Escape" : key}>{say(large ? words.split : words.enlarge)} <kbd>{large ? "Esc" : key}</kbd></button>
      </header>
      <List name={name} state={list} onWaiting={(count) => { waiting.value = count; }} />
    </section>
  );
}

function Bulk({ name }: { readonly name: WindowName }) {
  const owed = windows.value[name].some(isOwed);
  if (!owed || name === "set-aside") return null;
  return <button type="button" class="plain bulk" onClick={() => askBulk(name)}>{say(words.kBulk)} <kbd>⇧A</kbd></button>;
}

/** Asks whether what is on the screen shall be acknowledged: this list, as it is now. */
export function askBulk(name: WindowName): void {
  const owed = (onScreen.get(name)?.() ?? []).filter(isOwed);
  if (owed.length === 0) return;
  bulk.value = owed;
  tab.value = "alarm";
  form.value = "bulk";
}

interface ListState {
  readonly apply: () => void;
}

function List({ name, state, onWaiting }: { readonly name: WindowName; readonly state: { current: ListState | null }; readonly onWaiting: (count: number) => void }) {
  const box = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const shown = useRef<readonly string[]>([]);
  const kept = useRef(new Map<string, Alarm>());
  const touched = useRef(0);
  const inside = useRef(false);
  const again = useSignal(0);
  const wanted = useMemo(() => windows.value[name].filter((alarm) => passes(alarm, filter.value)).map((alarm) => alarm.id), [windows.value, filter.value]);
  void again.value;
  const busy = inside.current && performance.now() - touched.current < IDLE;
  const rows = settled(shown.current, wanted, busy);
  shown.current = rows.ids;
  useEffect(() => onWaiting(rows.waiting), [rows.waiting]);
  useEffect(() => {
    if (!busy) return;
    const timer = setTimeout(() => { again.value += 1; }, IDLE);
    return () => clearTimeout(timer);
  });
  const alarm = (id: string): { readonly alarm: Alarm; readonly open: boolean } | null => {
    const held = alarms.value.get(id);
    if (held) kept.current.set(id, held);
    const old = kept.current.get(id);
    return held ? { alarm: held, open: true } : old ? { alarm: old, open: false } : null;
  };
  const height = rowHeight();
  const room = box.current?.clientHeight ?? 800;
  const from = Math.max(0, Math.floor(top.value / height) - SPARE);
  const to = Math.min(rows.ids.length, Math.ceil((top.value + room) / height) + SPARE);
  useLayoutEffect(() => {
    for (const id of kept.current.keys()) if (!rows.ids.includes(id)) kept.current.delete(id);
  }, [rows.ids]);
  useEffect(() => {
    state.current = { apply: () => { inside.current = false; again.value += 1; box.current?.scrollTo({ top: 0 }); } };
    onScreen.set(name, () => seen(box.current, shown.current));
    // What fits is known after the first drawing, and changes with the window.
    const watch = new ResizeObserver(() => { again.value += 1; });
    if (box.current) watch.observe(box.current);
    return () => { onScreen.delete(name); watch.disconnect(); };
  }, [name]);
  const touch = () => { inside.current = true; touched.current = performance.now(); };
  const selected = chosenId.value;
  // One row of the list is reached by Tab: the chosen one, or the first.
  const entry = selected !== null && rows.ids.includes(selected) ? selected : rows.ids[0];
  return (
    <div class="list" ref={box} role="grid" aria-label={say(TITLES[name])} aria-rowcount={rows.ids.length} data-window={name}
      onScroll={(event) => { top.value = event.currentTarget.scrollTop; touch(); }}
      onPointerMove={touch} onPointerEnter={touch} onPointerLeave={() => { inside.current = false; again.value += 1; }} onKeyDown={touch}>
      <Heads />
      {rows.ids.length === 0 && <div role="row"><p class="nothing" role="gridcell">{say(words.empty)}</p></div>}
      <div class="rows" role="rowgroup" style={{ height: `${rows.ids.length * ROW}rem` }}>
        {rows.ids.slice(from, to).map((id, index) => {
          const held = alarm(id);
          return held && <Row key={id} alarm={held.alarm} open={held.open} at={from + index} top={`${(from + index) * ROW}rem`} chosen={id === selected} entry={id === entry} onChoose={() => { touch(); choose(id); }} />;
        })}
      </div>
    </div>
  );
}

function seen(box: HTMLDivElement | null, ids: readonly string[]): readonly Alarm[] {
  if (!box) return [];
  const height = rowHeight();
  const head = box.querySelector<HTMLElement>(".heads")?.offsetHeight ?? 0;
  const first = Math.ceil(box.scrollTop / height);
  const last = Math.floor((box.scrollTop + box.clientHeight - head) / height);
  return ids.slice(first, last).map((id) => alarms.peek().get(id)).filter((alarm) => alarm !== undefined);
}

/** Moves the choice by so many rows, or to an end; the row is brought into view and gets the focus. */
export function moveChoice(by: number | "first" | "last"): void {
  const lists = [...document.querySelectorAll<HTMLElement>(".list")];
  const here = lists.find((list) => list.contains(document.activeElement)) ?? lists.find((list) => list.querySelector("[aria-selected=true]")) ?? lists.find((list) => list.querySelector(".row"));
  const name = here?.dataset.window as WindowName | undefined;
  if (!here || !name) return;
  const ids = windows.peek()[name].filter((alarm) => passes(alarm, filter.peek())).map((alarm) => alarm.id);
  const at = ids.indexOf(chosenId.peek() ?? "");
  const to = by === "first" ? 0 : by === "last" ? ids.length - 1 : Math.min(ids.length - 1, Math.max(0, at + by));
  const id = ids[to];
  if (id === undefined) return;
  choose(id);
  const height = rowHeight();
  const head = here.querySelector<HTMLElement>(".heads")?.offsetHeight ?? 0;
  const top = to * height;
  if (top < here.scrollTop) here.scrollTop = top;
  else if (top + height + head > here.scrollTop + here.clientHeight) here.scrollTop = top + height + head - here.clientHeight;
  focusRow(id);
}

/** Puts the focus on a row, at once or as soon as it is drawn. */
export function focusRow(id: string): void {
  const focus = (): HTMLElement | null => {
    const row = document.getElementById(`row-${id}`);
    row?.focus({ preventScroll: true });
    return row;
  };
  if (!focus()) requestAnimationFrame(() => requestAnimationFrame(focus));
}
