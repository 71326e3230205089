// The one stream of a console: what the gateway shows, held as signals.
//
// Takes: `GET /api/v1/screen` (server-sent events; ids resume, a snapshot comes when they cannot).
// Gives: a signal for each section, the alarms by id, the age of the feed, whether it is lost.
// Never: decides what a state means, or looks live when nothing came for fifteen seconds.

import { batch, computed, signal } from "@preact/signals";
import type { ReadonlySignal, Signal } from "@preact/signals";
import { setTime } from "../clock";
import type { Alarm, Change, Heartbeat, Sections, Snapshot } from "./types";

/** Nothing for this long, in milliseconds: the screen is not to be believed any more. */
export const LOST_AFTER = 15_000;
/** An error status ends an EventSource for good: it is opened anew after this time. */
const AGAIN_AFTER = 3_000;

type Slot<Name extends keyof Sections> = Signal<Sections[Name] | null>;

const held = new Map<keyof Sections, unknown>();

/** The signal of one section; null before the first snapshot. */
export function section<Name extends keyof Sections>(name: Name): ReadonlySignal<Sections[Name] | null> {
  return slot(name);
}

function slot<Name extends keyof Sections>(name: Name): Slot<Name> {
  // Under each name stands the signal that was made here for it.
  const found = held.get(name) as Slot<Name> | undefined;
  if (found) return found;
  const made = signal<Sections[Name] | null>(null);
  held.set(name, made);
  return made;
}

/** Open alarms by id. A new map with each change; rows that did not change stay the same objects. */
export const alarms = signal<ReadonlyMap<string, Alarm>>(new Map());

/** Whether a snapshot has come. */
export const ready = signal(false);
/** Nothing came for {@link LOST_AFTER}. */
export const lost = signal(false);
/** Milliseconds since the gateway was heard, in whole seconds; it moves once a second. */
export const silence = signal(0);
/** Age of the oldest word of a bus, as of the last heartbeat; null when one never said anything. */
export const feedAge = signal<number | null>(null);
/** Screens that follow the gateway now. */
export const screens = signal(0);
/** Id of the last event: what a resumed stream goes on after, and what a beacon tells. */
export const lastId = signal("");

/** The first alarm, wherever the banner points. */
export const subject = computed(() => {
  const id = section("banner").value?.alarm;
  return id ? (alarms.value.get(id) ?? null) : null;
});

let heardAt = performance.now();
let build: string | null = null;

function heard(event: MessageEvent<string>): void {
  heardAt = performance.now();
  if (event.lastEventId) lastId.value = event.lastEventId;
  lost.value = false;
  silence.value = 0;
}

/** Puts a snapshot in place of everything. */
export function applySnapshot(snapshot: Snapshot): void {
  batch(() => {
    setTime(snapshot.at);
    applySections(snapshot.sections);
    alarms.value = new Map(snapshot.alarms.map((alarm) => [alarm.id, alarm]));
    ready.value = true;
  });
}

/** Takes over what is different. */
export function applyChange(change: Change): void {
  batch(() => {
    setTime(change.at);
    if (change.sections) applySections(change.sections);
    if (change.alarms?.length || change.gone?.length) {
      const next = new Map(alarms.value);
      for (const alarm of change.alarms ?? []) next.set(alarm.id, alarm);
      for (const id of change.gone ?? []) next.delete(id);
      alarms.value = next;
    }
  });
}

function applySections(sections: Partial<Sections>): void {
  for (const name of Object.keys(sections) as (keyof Sections)[]) applySection(name, sections);
  const site = sections.site;
  // Another build of the consoles is served: this page would speak yesterday's words.
  if (site && build !== null && site.build !== build) location.reload();
  if (site) build = site.build;
}

function applySection<Name extends keyof Sections>(name: Name, sections: Partial<Sections>): void {
  const value = sections[name];
  if (value !== undefined) slot(name).value = value as Sections[Name];
}

/** Follows the gateway for as long as the page lives. */
export function follow(): void {
  const stream = new EventSource("/api/v1/screen");
  const on = <T>(name: string, take: (value: T) => void) =>
    stream.addEventListener(name, (event) => {
      heard(event);
      take(JSON.parse(event.data) as T);
    });
  on<Snapshot>("snapshot", applySnapshot);
  on<Change>("change", applyChange);
  on<Heartbeat>("heartbeat", (beat) => {
    setTime(beat.at);
    feedAge.value = beat.feed_age_ms;
    screens.value = beat.screens;
  });
  stream.onerror = () => {
    // The browser tries again by itself after a cut, not after an error status such as a session that ended.
    if (stream.readyState === EventSource.CLOSED) setTimeout(follow, AGAIN_AFTER);
  };
}

/** Watches the feed's age; called once by each app, before {@link follow}. */
export function watchFeed(): void {
  heardAt = performance.now();
  setInterval(() => {
    const quiet = performance.now() - heardAt;
    silence.value = Math.floor(quiet / 1000) * 1000;
    lost.value = quiet > LOST_AFTER;
  }, 250);
}
