// What this console holds, and how it is kept fresh.
//
// Takes: `GET devices` once, then what moves of it every two seconds with the buses; of the chosen device its study every
//        second, and each change of its points by a stream of its own.
// Gives: signals: devices, buses, the chosen device, its points, how old all of it is.
// Never: asks for the points of a device that nobody looks at, or shows an answer that came for another device.

import { batch, computed, signal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { lost as feedLost } from "../shared/feed/feed";
import { branches, carriers } from "./model";
import type { Bus, Detail, Device, Point, Reading, Standing } from "./types";

/** What moves of all devices is asked so often, in milliseconds. */
const ALL_EVERY = 2_000;
/** The chosen device is asked so often. */
const ONE_EVERY = 1_000;
/** Nothing for this long: what is shown is old. */
const OLD_AFTER = 15_000;

/** Devices, in the order of the site; null before the first answer. */
export const devices = signal<readonly Device[] | null>(null);
/** Buses, in the order of the site. */
export const buses = signal<readonly Bus[]>([]);
/** The id of the chosen device. */
export const chosen = signal<string | null>(new URLSearchParams(location.search).get("device"));
/** What is typed in the filter. */
export const filter = signal("");
/** Only what needs work is shown. */
export const onlyWork = signal(false);
/** The chosen device; null until it was read. */
export const detail = signal<Detail | null>(null);
/** The points of the chosen device, each with a signal of its own: one that changes draws one row. */
export const points = signal<readonly Signal<Point>[]>([]);
/** When the chosen device was told, on this machine's monotonic clock. */
export const detailAt = signal(0);
/** The gateway wants a log-in first. */
export const closed = signal(false);

const heardAt = signal(performance.now());
const moment = signal(performance.now());

/** What is shown is old. */
export const old = computed(() => feedLost.value || moment.value - heardAt.value > OLD_AFTER);
/** What the tree shows. */
export const tree = computed(() => branches(buses.value, devices.value ?? [], filter.value.trim(), onlyWork.value));
/** The ids of the tree from top to bottom. */
export const order = computed(() => tree.value.flatMap((branch) => branch.devices.map((device) => device.id)));
/** The request that brings each point of the chosen device. */
export const carried = computed(() => carriers(detail.value?.study?.requests ?? []));

async function read<T>(path: string): Promise<T | null> {
  try {
    const answer = await fetch(`/api/v1/${path}`, { headers: { accept: "application/json" } });
    closed.value = answer.status === 401;
    return answer.ok ? ((await answer.json()) as T) : null;
  } catch {
    return null;
  }
}

async function all(): Promise<void> {
  const known = devices.value;
  const [list, health] = await Promise.all([
    read<{ devices: (Standing & Partial<Device>)[] }>(known ? "devices?brief=yes" : "devices"),
    read<{ buses: Bus[] }>("health"),
  ]);
  if (!list || !health) return;
  batch(() => {
    const held = new Map((known ?? []).map((device) => [device.id, device]));
    devices.value = list.devices.map((device) => ({ ...held.get(device.id), ...device }) as Device);
    buses.value = health.buses;
    heardAt.value = performance.now();
  });
}

async function one(): Promise<void> {
  const id = chosen.value;
  if (id === null) return;
  const found = await read<Detail>(`devices/${encodeURIComponent(id)}`);
  if (!found || chosen.value !== id) return;
  batch(() => {
    detail.value = found;
    detailAt.value = performance.now();
  });
}

let stream: EventSource | null = null;

/** Begins with a device: its points once, then each change of them. */
async function begin(id: string): Promise<void> {
  stream?.close();
  batch(() => {
    detail.value = null;
    points.value = [];
  });
  void one();
  const found = await read<{ points: Point[] }>(`points?device=${encodeURIComponent(id)}`);
  if (!found || chosen.value !== id) return;
  const held = new Map(found.points.map((point) => [point.point, signal(point)]));
  points.value = [...held.values()];
  stream = new EventSource(`/api/v1/stream?device=${encodeURIComponent(id)}`);
  stream.addEventListener("points", (event: MessageEvent<string>) => {
    const told = JSON.parse(event.data) as { points: Reading[] };
    batch(() => {
      for (const reading of told.points) {
        const point = held.get(reading.point);
        if (point) point.value = { ...point.peek(), v: reading.v, q: reading.q, t_read: reading.t_read };
      }
    });
  });
}

/** Chooses a device, or none; the address of the page follows. */
export function choose(id: string | null, remember = true): void {
  if (id === chosen.value) return;
  chosen.value = id;
  if (remember) history.pushState(null, "", id === null ? location.pathname : `?device=${encodeURIComponent(id)}`);
  if (id !== null) void begin(id);
  else stream?.close();
}

/** Asks again and again, each question once at a time. */
function again(work: () => Promise<void>, pause: number): void {
  void work().finally(() => setTimeout(() => again(work, pause), document.hidden ? pause * 5 : pause));
}

/** Begins; called once. */
export function start(): void {
  again(all, ALL_EVERY);
  again(one, ONE_EVERY);
  if (chosen.value !== null) void begin(chosen.value);
  setInterval(() => {
    moment.value = performance.now();
  }, 500);
  addEventListener("popstate", () => choose(new URLSearchParams(location.search).get("device"), false));
}
