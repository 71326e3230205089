// Times of the past as people of the site read them.
//
// Takes: the site's time zone, which the gateway's shell names.
// Gives: the offset at any instant, texts with as much of date and clock as matters, the instant of a local time.
// Never: the browser's zone, or today's offset for a day on the other side of a change of the clocks.

import { clock, day } from "../shared/format";

/** The site's zone by its IANA name. */
export const zoneName: string = nameOf(typeof document === "undefined" ? undefined : document.body.dataset.settings);

function nameOf(settings: string | undefined): string {
  const read = JSON.parse(settings || "{}") as { timezone?: string };
  return read.timezone ?? "UTC";
}

const makers = new Map<string, Intl.DateTimeFormat>();

function maker(zone: string): Intl.DateTimeFormat {
  const found = makers.get(zone);
  if (found) return found;
  const made = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit",
    hour: "2-digit", minute: "2-digit", second: "2-digit",
  });
  makers.set(zone, made);
  return made;
}

/** Milliseconds that clocks in the zone are ahead of UTC at an instant. */
export function offsetAt(at: number, zone: string = zoneName): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of maker(zone).formatToParts(at)) parts[type] = Number(value);
  const part = (name: string): number => parts[name] ?? 0;
  const local = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return local - Math.floor(at / 1000) * 1000;
}

/** The instant at which clocks in the zone show a local time, given as if it were UTC. */
export function instantOf(local: number, zone: string = zoneName): number {
  const guess = local - offsetAt(local, zone);
  return local - offsetAt(guess, zone);
}

/** The same local time so many days earlier. */
export function daysBefore(at: number, days: number, zone: string = zoneName): number {
  return instantOf(at + offsetAt(at, zone) - days * 86_400_000, zone);
}

/** `14:32:07` */
export function clockAt(at: number): string {
  return clock(at, offsetAt(at));
}

/** `2026-11-22 14:32:07` */
export function fullAt(at: number): string {
  const offset = offsetAt(at);
  return `${new Date(at + offset).getUTCFullYear()}-${day(at, offset)} ${clock(at, offset)}`;
}

/** `11-22 14:32:07`; with the year where it is not the one of `now`. */
export function shortAt(at: number, now: number): string {
  const year = (of: number): number => new Date(of + offsetAt(of)).getUTCFullYear();
  return year(at) === year(now) ? fullAt(at).slice(5) : fullAt(at);
}

/** `+08:00` */
export function offsetText(at: number): string {
  const minutes = Math.round(offsetAt(at) / 60_000);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}

/** RFC 3339 in UTC, to the millisecond. */
export function instant(at: number): string {
  return new Date(at).toISOString();
}
