// Choosing points: search in both languages, or building, device, point.
//
// Takes: `GET devices`, `GET trends/points`.
// Gives: the chosen points, up to sixteen.
// Never: loads the whole site: the gateway searches, and what is shown is bounded and says so.

import { computed, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { fill, say, tell } from "../shared/words";
import { section } from "../shared/feed/feed";
import { MOST_POINTS } from "./address";
import { Refused, ask } from "./api";
import type { DeviceInfo, PointInfo } from "./api";
import { failure, infos, points, toggle } from "./store";
import { trendWords as words } from "./words";

/** Points of one answer. */
const LIMIT = 200;
/** After the last letter so many milliseconds pass before it is searched. */
const PAUSE = 150;

/** Whether the chooser is open. */
export const choosing = signal(false);
const query = signal("");
const device = signal<string | null>(null);
const devices = signal<readonly DeviceInfo[]>([]);
const found = signal<{ readonly total: number; readonly points: readonly PointInfo[] } | null>(null);
let asked: AbortController | null = null;

/** Devices by building, those without one last. */
const buildings = computed(() => {
  const groups = new Map<string, DeviceInfo[]>();
  for (const held of devices.value) {
    if (held.points.total === 0) continue;
    const building = held.place.building ?? "";
    groups.set(building, [...(groups.get(building) ?? []), held]);
  }
  return [...groups].sort(([one], [other]) => Number(one === "") - Number(other === ""));
});

async function search(): Promise<void> {
  asked?.abort();
  const mine = new AbortController();
  asked = mine;
  const text = query.value.trim();
  if (text === "" && device.value === null) {
    found.value = null;
    return;
  }
  const parts = [`limit=${LIMIT}`];
  if (text !== "") parts.push(`q=${encodeURIComponent(text)}`);
  if (device.value !== null) parts.push(`device=${encodeURIComponent(device.value)}`);
  try {
    const answer = await ask<{ readonly total: number; readonly points: readonly PointInfo[] }>(`trends/points?${parts.join("&")}`, mine.signal);
    if (asked === mine) found.value = answer;
  } catch (error) {
    if (asked === mine) failure.value = error instanceof Refused ? error.message : String(error);
  }
}

/** The chooser, beside the figure or over the whole of a phone. */
export function Chooser() {
  const field = useRef<HTMLInputElement>(null);
  const pause = useRef(0);
  useEffect(() => {
    field.current?.focus();
    ask<{ readonly devices: readonly DeviceInfo[] }>("devices", null).then((answer) => { devices.value = answer.devices; }, (error: unknown) => { failure.value = String(error); });
    return () => clearTimeout(pause.current);
  }, []);
  const typed = (text: string): void => {
    query.value = text;
    clearTimeout(pause.current);
    pause.current = window.setTimeout(() => void search(), PAUSE);
  };
  const open = (id: string | null): void => {
    device.value = id;
    void search();
  };
  const close = (event: KeyboardEvent): void => {
    if (event.key === "Escape") choosing.value = false;
  };
  return (
    <section class="chooser" aria-label={say(words.choose)} onKeyDown={close}>
      <header>
        <h2>{say(words.choose)}</h2>
        <button type="button" onClick={() => { choosing.value = false; }}>{say(words.close)}</button>
      </header>
      <input ref={field} type="search" value={query.value} placeholder={say(words.search)} aria-label={say(words.search)} onInput={(event) => typed(event.currentTarget.value)} />
      <Chosen />
      {device.value === null ? null : <p class="path"><button type="button" class="small" onClick={() => open(null)}>‹ {say(words.devicesOf)}</button> <b>{tell(devices.value.find((held) => held.id === device.value)?.name)}</b></p>}
      <div class="list">{found.value === null ? <Devices open={open} /> : <Found />}</div>
    </section>
  );
}

function Chosen() {
  const ids = points.value;
  return (
    <div class="chosen">
      <p class="dim min" role="status">{ids.length >= MOST_POINTS ? say(words.full) : fill(words.chosen, ids.length, MOST_POINTS)}
        {ids.length > 1 ? <button type="button" class="small" onClick={() => { points.value = []; }}>{say(words.clear)}</button> : null}</p>
      <ul>
        {ids.map((id) => {
          const name = tell(infos.value.find((info) => info.point === id)?.name) || id;
          return <li key={id}><button type="button" class="small" aria-label={fill(words.remove, name)} onClick={() => toggle(id)}>{name} ×</button></li>;
        })}
      </ul>
    </div>
  );
}

function Devices({ open }: { readonly open: (id: string) => void }) {
  const names = section("site").value?.buildings ?? [];
  return (
    <>
      {buildings.value.map(([building, held]) => (
        <details key={building} open={buildings.value.length === 1}>
          <summary>{tell(names.find((one) => one.id === building)?.name) || building || say(words.otherPlaces)} <span class="faint">{held.length}</span></summary>
          <ul>
            {held.map((one) => (
              <li key={one.id}><button type="button" class="row" onClick={() => open(one.id)}><span>{tell(one.name)}</span><span class="faint">{fill(words.pointsOf, one.points.total)}</span></button></li>
            ))}
          </ul>
        </details>
      ))}
    </>
  );
}

function Found() {
  const answer = found.value;
  if (!answer) return null;
  const groups = new Map<string, PointInfo[]>();
  for (const info of answer.points) groups.set(info.device, [...(groups.get(info.device) ?? []), info]);
  const count = answer.total === 0 ? say(words.nothingFound) : answer.total > answer.points.length ? fill(words.found, answer.total, answer.points.length) : fill(words.foundAll, answer.total);
  return (
    <>
      <p class="dim min" role="status">{count}</p>
      {[...groups].map(([id, held]) => (
        <section key={id}>
          {device.value === null ? <h3>{tell(held[0]?.device_name)} <span class="faint">{id}</span></h3> : null}
          <ul>
            {held.map((info) => {
              const taken = points.value.includes(info.point);
              return (
                <li key={info.point}>
                  <button type="button" class="row" role="checkbox" aria-checked={taken} aria-disabled={!taken && points.value.length >= MOST_POINTS} data-point={info.point} onClick={() => toggle(info.point)}>
                    <i class="tick" aria-hidden="true">{taken ? "✓" : ""}</i><span>{tell(info.name)} <small class="faint">{info.point.slice(info.device.length + 1)}</small></span><span class="faint">{info.unit}</span>
                  </button>
                </li>
              );
            })}
          </ul>
        </section>
      ))}
    </>
  );
}
