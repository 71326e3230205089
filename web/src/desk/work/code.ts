// Secondary codes as they are typed, and what they address.
//
// Takes: six characters and two (FA-15, FA-18), the answer of a preview.
// Gives: whether they are a code, the request, the targets with what bars them.
// Never: takes what is no code for one.

import type { Place } from "../../shared/feed/types";
import type { Text } from "../../shared/words";

/** What the keys of the keypad do. */
export const VERBS = ["start", "stop", "isolate", "release"] as const;
/** One of them. */
export type Verb = (typeof VERBS)[number];

/** What was typed. */
export interface Typed {
  readonly code: string;
  readonly type: string;
  readonly panel: string;
  readonly verb: Verb;
}

/** One target of a preview. */
export interface Addressed {
  readonly point: string;
  readonly name: Text;
  readonly place: Place;
  readonly code: string | null;
  readonly type: string | null;
  readonly barred: { readonly error: string; readonly message: Text } | null;
}

/** Whether what was typed is a code. */
export function isCode({ code, type }: Pick<Typed, "code" | "type">): boolean {
  return /^[0-9*]{6}$/.test(code) && /^([0-9*]{2})?$/.test(type);
}

/** Whether it means more than it names. */
export function isWild({ code, type }: Pick<Typed, "code" | "type">): boolean {
  return code.includes("*") || type.includes("*");
}

/** The target of a request. */
export function targetOf({ code, type, panel }: Typed): { readonly code: string; readonly type?: string; readonly panel?: string } {
  return { code, ...(type ? { type } : {}), ...(panel ? { panel } : {}) };
}

/** Characters a keypad takes, and no others, up to the length of the field. */
export function clean(text: string, length: number): string {
  return text.replaceAll(/[^0-9*]/g, "").slice(0, length);
}

/** Targets, those that are barred last. */
export function freeFirst(targets: readonly Addressed[]): readonly Addressed[] {
  return [...targets].sort((one, other) => Number(one.barred !== null) - Number(other.barred !== null));
}
