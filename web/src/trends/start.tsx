// The page before a point is chosen: what alarms now, what was looked at last, and every device.
//
// Takes: the feed's open alarms, `GET devices`, this browser's memory.
// Gives: the chosen points.
// Never: shows a curve that nobody asked for.

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { alarms, section } from "../shared/feed/feed";
import { say, tell } from "../shared/words";
import { Refused, ask } from "./api";
import type { DeviceInfo, PointInfo } from "./api";
import { named, recalled, remembered, usual } from "./beginning";
import type { Choice } from "./beginning";
import { choosing } from "./chooser";
import { failure, picture, points } from "./store";
import { trendWords as words } from "./words";

/** Where this browser keeps the last choices. */
const MEMORY = "tocsin.trends";
/** Alarms that are offered. */
const ALARMS = 6;
/** So many devices are shown at once; more are folded by building. */
const OPEN = 80;

const devices = signal<readonly DeviceInfo[]>([]);

/** Keeps what is looked at; called whenever a picture has come. */
export function remember(): void {
  const held = picture.value;
  if (!held || held.infos.length === 0) return;
  const choice = { points: held.infos.map((info) => info.point), name: named(held.infos) };
  try {
    localStorage.setItem(MEMORY, JSON.stringify(remembered(recalled(localStorage.getItem(MEMORY)), choice)));
  } catch {
    // A browser that keeps nothing: the page works without.
  }
}

function lastChoices(): readonly Choice[] {
  try {
    return recalled(localStorage.getItem(MEMORY));
  } catch {
    return [];
  }
}

async function look(device: string): Promise<void> {
  try {
    const answer = await ask<{ readonly points: readonly PointInfo[] }>(`trends/points?limit=200&device=${encodeURIComponent(device)}`, null);
    points.value = usual(answer.points);
  } catch (error) {
    failure.value = error instanceof Refused ? error.message : String(error);
  }
}

/** What to begin with. */
export function Start() {
  useEffect(() => {
    ask<{ readonly devices: readonly DeviceInfo[] }>("devices", null).then((answer) => { devices.value = answer.devices; }, (error: unknown) => { failure.value = String(error); });
  }, []);
  const alarmed = [...alarms.value.values()].filter((alarm) => alarm.device !== "gateway").sort((one, other) => one.priority - other.priority).slice(0, ALARMS);
  const last = lastChoices();
  return (
    <div class="start">
      <p>{say(words.startHere)} <button type="button" class="go" onClick={() => { choosing.value = true; }}>{say(words.choose)}</button></p>
      {alarmed.length > 0 ? <section><h2>{say(words.alarmedNow)}</h2><ul>{alarmed.map((alarm) => <li key={alarm.id}><Offer go={() => { points.value = [alarm.point]; }} name={tell(alarm.shown.head)} more={[tell(alarm.shown.category_text), tell(alarm.shown.left)].filter(Boolean).join(" · ")} /></li>)}</ul></section> : null}
      {last.length > 0 ? <section><h2>{say(words.lastLooked)}</h2><ul>{last.map((choice) => <li key={choice.points.join()}><Offer go={() => { points.value = choice.points; }} name={tell(choice.name)} more={choice.points.map((id) => id.slice(id.indexOf("/") + 1)).join(" · ")} /></li>)}</ul></section> : null}
      <Buildings />
    </div>
  );
}

function Buildings() {
  const held = devices.value.filter((one) => one.points.total > 0);
  const names = section("site").value?.buildings ?? [];
  const ids = [...new Set(held.map((one) => one.place.building ?? ""))].sort((one, other) => Number(one === "") - Number(other === ""));
  return (
    <>
      {ids.map((id) => (
        <details key={id} open={held.length <= OPEN}>
          <summary>{tell(names.find((one) => one.id === id)?.name) || id || say(words.otherPlaces)}</summary>
          <ul>
            {held.filter((one) => (one.place.building ?? "") === id).map((one) => <li key={one.id} data-device={one.id}><Offer go={() => void look(one.id)} name={tell(one.name)} more={tell(one.place.text)} /></li>)}
          </ul>
        </details>
      ))}
    </>
  );
}

function Offer({ go, name, more }: { readonly go: () => void; readonly name: string; readonly more: string }) {
  return <button type="button" class="offer" onClick={go}><b>{name}</b>{more === "" || more === name ? null : <span class="faint">{more}</span>}</button>;
}
