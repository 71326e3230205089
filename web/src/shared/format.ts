// Times and numbers as people of the site read them.
//
// Takes: milliseconds since 1970, RFC 3339 texts with the site's offset.
// Gives: clock, day and clock, ages.
// Never: the browser's own time zone. The offset that the gateway wrote is the site's.

import { say, words } from "./words";

/** Milliseconds since 1970 of an RFC 3339 text; NaN for what is none. */
export function millis(text: string | null | undefined): number {
  return text ? Date.parse(text) : Number.NaN;
}

/** The offset of an RFC 3339 text in milliseconds: `+08:00` gives 28,800,000. */
export function offsetOf(text: string): number {
  const found = /([+-])(\d\d):(\d\d)$/.exec(text);
  if (!found) return 0;
  const [, sign, hours, minutes] = found;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

const two = (value: number): string => String(value).padStart(2, "0");

/** `14:32:07` at an offset. */
export function clock(at: number, offset: number): string {
  const day = (((at + offset) % 86_400_000) + 86_400_000) % 86_400_000;
  const seconds = Math.floor(day / 1000);
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** `11-22` at an offset. */
export function day(at: number, offset: number): string {
  const date = new Date(at + offset);
  return `${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

/** `14:32:07`, or `11-22 14:32:07` when it was not on the same day as `now`. */
export function dayClock(text: string | null | undefined, now: number): string {
  const at = millis(text);
  if (!text || Number.isNaN(at)) return "";
  const offset = offsetOf(text);
  const same = Math.floor((at + offset) / 86_400_000) === Math.floor((now + offset) / 86_400_000);
  return same ? clock(at, offset) : `${day(at, offset)} ${clock(at, offset)}`;
}

/** An age in the unit that matters: `0:39`, `12 min`, `4 h`, `3 d`. Never negative. */
export function age(lapse: number): string {
  const seconds = Math.max(0, Math.floor(lapse / 1000));
  if (seconds < 600) return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} ${say(words.minute)}`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} ${say(words.hour)}`;
  return `${Math.floor(seconds / 86_400)} ${say(words.day)}`;
}

/** A short age of data: `0.4 s`, `12 s`, then as {@link age}. */
export function dataAge(lapse: number): string {
  const second = say(words.second);
  if (lapse < 10_000) return `${(Math.max(0, lapse) / 1000).toFixed(1)} ${second}`;
  if (lapse < 120_000) return `${Math.floor(lapse / 1000)} ${second}`;
  return age(lapse);
}
