// The trends console.
//
// Takes: the store.
// Gives: the page, which loads itself anew when what is asked for changes, and follows now while it is live.
// Never: two pictures at once; while the next one is read, the last one stands and says so.

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { effect } from "@preact/signals";
import { fill, say, tell } from "../shared/words";
import { section } from "../shared/feed/feed";
import { now } from "../shared/clock";
import { Head, Stretch } from "./bar";
import { Now } from "../shared/now";
import { Chooser, choosing } from "./chooser";
import { Events } from "./events";
import { Figure, columnsIn } from "./figure";
import { Readout } from "./readout";
import { Start, remember } from "./start";
import { address, compare, failure, form, load, loading, period, picture, points, room, takeAddress, view } from "./store";
import { Tables } from "./table";
import { spoken } from "./spoken";
import { fullAt, zoneName } from "./zone";
import { trendWords as words } from "./words";

/** A hand that still moves is not asked for at each step. */
const PAUSE = 60;

/** Loads what is asked for, whenever that changes; keeps the address; called once. */
export function begin(): void {
  let pause = 0;
  effect(() => {
    // What a question depends on.
    void [view.value, compare.value, room.value];
    // From here on what stands on the page is not what is asked for.
    loading.value = points.value.length > 0;
    clearTimeout(pause);
    pause = window.setTimeout(() => void load(), PAUSE);
  });
  effect(() => {
    const next = address.value;
    if (location.search !== next) history.replaceState(null, "", next);
  });
  effect(remember);
  effect(() => {
    const every = period.value;
    if (every === null) return undefined;
    const timer = setInterval(() => {
      if (!document.hidden && !loading.peek()) void load(true);
    }, every);
    return () => clearInterval(timer);
  });
  addEventListener("popstate", () => takeAddress(location.search));
}

/** The page. */
export function App() {
  const host = useRef<HTMLDivElement>(null);
  const width = useSignal(0);
  useEffect(() => {
    if (!host.current) return undefined;
    const watcher = new ResizeObserver(([entry]) => {
      const wide = Math.floor(entry?.contentRect.width ?? 0);
      width.value = wide;
      if (wide > 0) room.value = columnsIn(wide);
    });
    watcher.observe(host.current);
    return () => watcher.disconnect();
  }, []);
  const held = picture.value;
  return (
    <div class={`trends ${view.value.kind}`}>
      <Now />
      <Head />
      <Stretch />
      {failure.value ? <p class="failure" role="alert">{fill(words.failed, failure.value)} <button type="button" class="small" onClick={() => void load()}>{say(words.again)}</button></p> : null}
      <div class="body">
        {choosing.value ? <Chooser /> : null}
        <main>
          <PrintHead />
          <div class="with-readout">
            <div class="charts" ref={host}>
              {points.value.length === 0 ? <Start /> : null}
              {held && width.value > 0 && form.value === "charts" ? <Figure picture={held} width={width.value} /> : null}
              {held && form.value === "table" ? <Tables picture={held} /> : null}
              {held ? missing(held.infos.map((info) => info.point)) : null}
            </div>
            {held && form.value === "charts" ? <Readout picture={held} /> : null}
          </div>
          {held ? <Events picture={held} /> : null}
        </main>
      </div>
    </div>
  );
}

function missing(known: readonly string[]) {
  return points.value.filter((id) => !known.includes(id)).map((id) => <p key={id} class="failure" role="alert">{fill(words.noSuchPoint, id)}</p>);
}

/** What a printed page is headed by. */
function PrintHead() {
  const held = picture.value;
  if (!held) return null;
  return (
    <div class="print-head">
      <h1>{tell(section("site").value?.name)} · {say(words.title)}</h1>
      <p>{spoken(held)}</p>
      <p>{fill(words.zoneIs, zoneName)} · {fill(words.madeAt, fullAt(now()))}</p>
    </div>
  );
}
