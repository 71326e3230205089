// What the page works out by itself: which devices are shown, where a point's registers and age are.
//
// Takes: what the gateway said.
// Gives: groups of the tree, the sums on top, the registers and the age of a point.
// Never: a state of a device; the gateway says that.

import type { Bus, Device, Point, Request, Standing } from "./types";

/** A bus with those of its devices that are shown. */
export interface Branch {
  readonly bus: Bus;
  readonly devices: readonly Device[];
}

/** Whether somebody has to look after it. */
export function needsWork(device: Standing): boolean {
  return device.state !== "answers" || device.points.unknown > 0;
}

/** Whether every word of the filter is somewhere in what a person calls the device. */
export function fits(device: Device, filter: string): boolean {
  const text = [device.id, device.name.zh, device.name.en, device.profile, device.bus, `#${device.unit}`, device.place.text?.zh, device.place.text?.en]
    .join(" ")
    .toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => (/^\d+$/.test(word) ? device.unit === Number(word) || text.includes(word) : text.includes(word)));
}

/** The tree, in the order of the site; a bus of which nothing is shown is left out, unless it is lost. */
export function branches(buses: readonly Bus[], devices: readonly Device[], filter: string, onlyWork: boolean): Branch[] {
  const wanted = devices.filter((device) => fits(device, filter) && (!onlyWork || needsWork(device)));
  const own = new Map<string, Device[]>();
  for (const device of wanted) own.set(device.bus, [...(own.get(device.bus) ?? []), device]);
  const all = buses.map((bus) => ({ bus, devices: own.get(bus.id) ?? [] }));
  return all.filter((branch) => branch.devices.length > 0 || (filter === "" && branch.bus.up === false));
}

const PARITY: Readonly<Record<string, string>> = { none: "N", even: "E", odd: "O" };

/** How a bus is reached, with the settings of its line. */
export function reached(bus: Bus): string {
  const { at, baud, parity, stop_bits: stop } = bus.reached;
  return baud ? `${at} ${baud} 8${PARITY[parity ?? ""] ?? "?"}${stop ?? ""}` : at;
}

/** Whether devices on it are asked; what only listens has no requests. */
export function isAsked(bus: Bus): boolean {
  return !/^(text|gbt)/.test(bus.reached.kind);
}

/** What stands on top of the page. */
export interface Sums {
  readonly answering: number;
  readonly total: number;
  readonly unknown: number;
  readonly lost: number;
  readonly late: number;
}

/** How the whole site stands. */
export function sums(buses: readonly Bus[], devices: readonly Standing[]): Sums {
  return {
    answering: devices.filter((device) => device.state === "answers" || device.state === "partly").length,
    total: devices.length,
    unknown: devices.reduce((sum, device) => sum + device.points.unknown, 0),
    lost: buses.filter((bus) => bus.up === false).length,
    late: buses.filter((bus) => bus.within_bounds === false).length,
  };
}

/** What whoever brings devices on line looks at first. */
export interface FirstThings {
  /** What gives nothing, in the order of the site. */
  readonly silent: readonly Device[];
  /** What answers and lacks points, the most first. */
  readonly partly: readonly Device[];
  /** What answers and had requests that failed, the last first. */
  readonly failed: readonly Device[];
}

/** Devices by what is wrong with them; none stands twice. */
export function firstThings(devices: readonly Device[]): FirstThings {
  const at = (device: Device): number => (device.last_trouble ? Date.parse(device.last_trouble.last) : 0);
  return {
    silent: devices.filter((device) => device.state !== "answers" && device.state !== "partly"),
    partly: devices.filter((device) => device.state === "partly").sort((one, other) => other.points.unknown - one.points.unknown),
    failed: devices.filter((device) => device.state === "answers" && device.last_trouble !== null).sort((one, other) => at(other) - at(one)),
  };
}

/** The request that brings each point, by the point's place in the device. */
export function carriers(requests: readonly Request[]): Map<number, Request> {
  const found = new Map<number, Request>();
  for (const request of requests) {
    for (const [first, many] of request.points) for (let place = first; place < first + many; place += 1) found.set(place, request);
  }
  return found;
}

/** The registers of a point as its last reply had them: words in hexadecimal, or a bit. */
export function registers(point: Point, request: Request | undefined): string {
  if (!request?.raw || point.at.table !== request.table) return "";
  const digits = point.at.table === "coil" || point.at.table === "discrete" ? 1 : 4;
  const from = (point.at.address - request.start) * digits;
  const own = from < 0 ? "" : request.raw.slice(from, from + point.at.count * digits);
  return digits === 1 ? own : (own.match(/.{4}/g) ?? []).join(" ");
}

/** How old what is known of a point is, in milliseconds, `since` milliseconds after the request was told; null when it was never read. */
export function ageOf(request: Request | undefined, since: number): number | null {
  return request && request.age_s !== null ? request.age_s * 1000 + since : null;
}

/** What one text says beyond the beginning it shares with another: the names of an element's alarms all begin with the element. */
export function beyond(text: string, other: string): string {
  let same = 0;
  while (same < text.length && same < other.length && text[same] === other[same]) same += 1;
  if (same === text.length) return text;
  // A word of letters is not cut in two; Chinese is written without gaps.
  if (/[A-Za-z0-9]/.test(text[same] ?? "")) same = text.lastIndexOf(" ", same) + 1;
  return text.slice(same).trim() || text;
}

/** The place of the next device in the list, up or down; the first where none is chosen. */
export function step(ids: readonly string[], chosen: string | null, by: 1 | -1): string | null {
  const at = chosen === null ? -1 : ids.indexOf(chosen);
  if (at < 0) return ids[0] ?? null;
  return ids[Math.min(ids.length - 1, Math.max(0, at + by))] ?? null;
}
