// The time since something began, as large numerals.
//
// Takes: milliseconds.
// Gives: `04:12`, `1:04:12`, then days.
// Never: a time below zero.

import { say, words } from "../shared/words";

const two = (value: number): string => String(value).padStart(2, "0");

/** `04:12`, `1:04:12` from an hour on, `3 d` from two days on. */
export function elapsed(lapse: number): string {
  const seconds = Math.max(0, Math.floor(lapse / 1000));
  if (seconds >= 172_800) return `${Math.floor(seconds / 86_400)} ${say(words.day)}`;
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return seconds < 3_600 ? rest : `${Math.floor(seconds / 3_600)}:${rest}`;
}
