// What the gateway says of devices and buses, as its description has it (`/api/v1/openapi.json`).
//
// Takes: nothing.
// Gives: the types of `GET devices`, `GET devices/{id}`, `GET points?device=` and the buses of `GET health`.
// Never: a field that is not served.

import type { Text } from "../shared/words";
import type { qualities, standings, states, verdicts } from "./words";

/** What moves of a device. */
export interface Standing {
  readonly id: string;
  readonly state: keyof typeof states;
  readonly reason: Text;
  readonly since: string;
  readonly points: { readonly total: number; readonly unknown: number; readonly absent: number };
  readonly round_trip_ms: number | null;
  readonly answers: number;
  readonly exceptions: number;
  readonly timeouts: number;
  readonly malformed: number;
  readonly good_in_a_row: number;
  /** The request that failed last; null where none did. */
  readonly last_trouble: Trouble | null;
}

/** A device as it is listed. */
export interface Device extends Standing {
  readonly name: Text;
  readonly place: { readonly building?: string | null; readonly floor?: string | null; readonly zone?: string | null; readonly text?: Text | null };
  readonly bus: string;
  readonly unit: number;
  readonly profile: string;
  readonly statuses: readonly DeviceStatus[];
}

/** What a device shows of itself, in the words of its class. */
export interface DeviceStatus {
  readonly id: string;
  readonly value: boolean | null;
  readonly name: Text | null;
  readonly normal: boolean | null;
}

/** A bus. */
export interface Bus {
  readonly id: string;
  readonly name: Text;
  readonly reached: { readonly kind: string; readonly at: string; readonly baud?: number; readonly parity?: string; readonly stop_bits?: number };
  readonly up: boolean | null;
  readonly reason: Text | null;
  readonly busy: number | null;
  readonly requests_per_s: number | null;
  readonly oldest?: Readonly<Record<string, { readonly age_s: number; readonly bound_s: number }>>;
  readonly within_bounds?: boolean | null;
  readonly noise_bytes: number | null;
  readonly lost_requests: number | null;
  readonly devices: { readonly total: number; readonly answering: number };
}

/** One request of a device. */
export interface Request {
  readonly table: string;
  readonly function: number;
  readonly start: number;
  readonly count: number;
  readonly pace: string;
  readonly every_s: number;
  readonly points: readonly (readonly [first: number, many: number])[];
  readonly age_s: number | null;
  readonly round_trip_ms: number | null;
  readonly standing: keyof typeof standings;
  readonly raw: string | null;
}

/** Requests that failed alike. */
export interface Trouble {
  readonly unit: number;
  readonly function: number;
  readonly start: number;
  readonly count: number;
  readonly times: number;
  readonly first: string;
  readonly last: string;
  readonly what: Text;
  readonly next: Text;
}

/** One device whole. */
export interface Detail extends Device {
  readonly vendor: string;
  readonly model: string;
  readonly asked: boolean;
  readonly study: {
    readonly given_up: boolean;
    readonly believed: boolean;
    readonly stranger: Text | null;
    readonly split: boolean;
    readonly requests: readonly Request[];
  } | null;
  readonly troubles: readonly Trouble[];
  readonly alarms: readonly { readonly id: string; readonly condition: string; readonly name: Text }[];
}

/** What is known of a point now. */
export interface Reading {
  readonly point: string;
  readonly v: string | number | boolean | null;
  readonly q: keyof typeof qualities;
  readonly u: string;
  readonly t_read: string | null;
}

/** A point of one device, with where it lies and what hangs on it. */
export interface Point extends Reading {
  readonly name: Text;
  readonly at: { readonly table: string; readonly address: number; readonly count: number; readonly type: string; readonly order: string };
  readonly conditions?: readonly { readonly condition: string; readonly category: string; readonly name: Text }[];
}

/** What a device says that it is. */
export interface Identified {
  readonly verdict: keyof typeof verdicts;
  readonly words: Text;
  readonly next: Text | null;
  readonly own: Text;
  readonly recorded: boolean;
  readonly registers: { readonly table: string; readonly start: number; readonly count: number; readonly found: string | null; readonly expected: readonly string[] } | null;
  readonly objects: readonly { readonly object: number; readonly name: Text; readonly text: string }[];
}
