// What the gateway sends to a console: sections of the screen and alarms, both worded by the gateway.
//
// Takes: nothing.
// Gives: the types of `GET /api/v1/screen` and its events.
// Never: a field that openapi.json does not describe.

import type { Text } from "../words";

/** Every category of design §3. */
export type Category =
  | "fire" | "discharge" | "gas" | "emergency" | "prealarm" | "supervisory" | "start" | "feedback" | "delay"
  | "fault" | "mains-fault" | "backup-fault" | "link-fault" | "limit" | "disabled" | "test" | "self";

/** The state word of the site, most urgent first. */
export type StateWord =
  | "fire" | "discharge" | "gas" | "emergency" | "supervisory" | "prealarm" | "link-lost" | "unknown" | "fault"
  | "action" | "disabled" | "normal";

/** The four windows of FA-14. */
export type WindowName = "alarms" | "actions" | "faults" | "set-aside";

/** Where something is. */
export interface Place {
  readonly building: string | null;
  readonly floor: string | null;
  readonly zone: string | null;
  readonly text: Text;
}

/** The state of a row: what people owe it. */
export type RowState = "new" | "over" | "acked" | "ready" | "shown";

/** How the gateway words a row; wall, desk and phone say the same. */
export interface Shown {
  readonly state: RowState;
  readonly state_text: Text;
  readonly category_text: Text;
  readonly symbol: string;
  /** The place in one line, or the name where there is no place. */
  readonly head: Text;
  /** What is left to say after the head. */
  readonly left: Text;
  /** The place without building and floor, for the sign. */
  readonly rest: Text;
  readonly source_text: Text;
  readonly verdict_text: Text;
  /** Small facts: first alarm, re-alarm, chattering, times, isolated… */
  readonly tags: readonly { readonly key: string; readonly text: Text }[];
  /** Which window it is in. */
  readonly window: WindowName;
  /** The category it is counted as: what a point under test says is a test. */
  readonly counted_as: Category;
}

/** One alarm: the object of design §6, what to do next, and how it is worded. */
export interface Alarm {
  readonly id: string;
  readonly condition: string;
  readonly device: string;
  readonly point: string;
  readonly category: Category;
  readonly level?: string;
  readonly priority: number;
  readonly name: Text;
  readonly detail?: Text;
  readonly advice?: Text;
  readonly code: string | null;
  readonly type: string | null;
  readonly place: Place;
  readonly source: "active" | "quiet" | "unknown";
  readonly latched: boolean;
  readonly ack: null | { readonly by: string; readonly at: string; readonly note: string | null };
  readonly verdict: "unverified" | "real" | "false" | "drill";
  readonly cause?: string;
  readonly judged?: { readonly words: Text; readonly under?: string };
  readonly inhibit: readonly string[];
  readonly raised_at: string;
  readonly count: number;
  /** Its number among the alarms of its incident, from 1; it never changes. */
  readonly arrival?: number;
  /** Others came in the same sweep: which of them was first nobody knows. */
  readonly tied?: boolean;
  readonly first: boolean;
  readonly realarm: boolean;
  readonly incident: string | null;
  readonly calls?: readonly { readonly called: string; readonly by: string; readonly at: string; readonly note?: string }[];
  readonly next: Text | null;
  readonly shown: Shown;
}

/** `banner` */
export interface Banner {
  readonly state: StateWord;
  readonly text: Text;
  readonly symbol: string;
  readonly isolated: boolean;
  readonly alarming: boolean;
  /** Ids of the alarm it speaks of, and of another that is not isolated. */
  readonly alarm: string | null;
  readonly beside: string | null;
  readonly total: number;
  readonly unacknowledged: number;
  /** Since when this state word stands; null where nobody looked when it came. */
  readonly since: string | null;
  /** What stands there when there is no alarm to point at. */
  readonly sentence: Text | null;
  /** Names behind the sentence. */
  readonly names: readonly Text[];
  readonly unrecorded: boolean;
}

/** One lamp of `lamps`, in the panel's order. */
export interface Lamp {
  readonly id: string;
  readonly symbol: string;
  readonly label: Text;
  readonly total: number;
  readonly unacknowledged: number;
  readonly lit: boolean;
  /** Some source behind the count cannot be read: it is a lower bound. */
  readonly blind: boolean;
  /** Devices that answer, for the lamp of links. */
  readonly up?: number;
  readonly of?: number;
}

/** `sound` */
export interface Sound {
  readonly tone: Tone | null;
  readonly sounding: readonly string[];
  readonly silenced_at: string | null;
  readonly silenced_by: string | null;
  readonly resounds_at: string | null;
  /** A test of the sound that runs now. */
  readonly test: { readonly id: string; readonly by: string; readonly until: string } | null;
}

/** Tones, most urgent first. */
export type Tone = "fire" | "emergency" | "supervisory" | "prealarm" | "fault" | "short";

/** One panel of `modes`: true, false, or null where it cannot be read; left out where the panel does not say. */
export interface PanelModes {
  readonly device: string;
  readonly name: Text;
  readonly auto?: boolean | null;
  readonly "start-manual-allowed"?: boolean | null;
  readonly "start-auto-allowed"?: boolean | null;
  readonly "spray-allowed"?: boolean | null;
  readonly "self-testing"?: boolean | null;
  readonly mains?: boolean | null;
  readonly backup?: boolean | null;
}

/** `modes` */
export interface Modes {
  readonly control_devices: number;
  readonly panels: readonly PanelModes[];
}

/** One entry of `isolations`. */
export interface Isolation {
  readonly id: string;
  readonly point: string;
  readonly name: Text;
  readonly place: Place;
  readonly head: Text;
  readonly left: Text;
  readonly by: string | null;
  readonly since: string;
  readonly reason: string | null;
  readonly review_at: string | null;
  readonly overdue: boolean;
  readonly at: "desk" | "panel";
}

/** One target of an action of a linkage. */
export interface Target {
  readonly point: string;
  readonly name: Text;
  readonly place: Place;
  readonly stage: "delayed" | "proposed" | "started" | "withdrawn" | "cancelled";
  readonly why: null | { readonly code: string; readonly message: Text };
  readonly feedback: "none" | "awaited" | "arrived" | "missing";
  readonly feedback_due_at: string | null;
}

/** One action of a linkage. */
export interface Action {
  readonly name: Text;
  readonly verb: string;
  readonly discharge: boolean;
  readonly due_at: string;
  readonly released_by: string | null;
  readonly withdrawn_by: string | null;
  readonly advice: Text | null;
  readonly targets: readonly Target[];
}

/** One run of `linkages`. */
export interface Run {
  readonly id: string;
  readonly linkage: string;
  readonly name: Text;
  readonly mode: "monitor" | "manual" | "auto";
  readonly drill: boolean;
  readonly met_at: string;
  readonly because: readonly { readonly occurrence: string; readonly point: string; readonly name: Text }[];
  readonly cleared_at: string | null;
  readonly over_at: string | null;
  readonly actions: readonly Action[];
}

/** `scopes`: tests and drills that run. */
export interface Scopes {
  readonly tests: readonly { readonly id: string; readonly by: string; readonly since: string; readonly reason: string; readonly until: string; readonly points: readonly string[] | number }[];
  readonly drills: readonly { readonly id: string; readonly building: string; readonly by: string; readonly since: string; readonly reason: string; readonly until: string }[];
}

/** `duty`: who is there and what is owed. */
export interface Duty {
  readonly needs: number;
  readonly present: readonly { readonly user: string; readonly role: string; readonly since: string }[];
  readonly rounds: readonly { readonly id: string; readonly name: Text; readonly until: string; readonly overdue: boolean }[];
  readonly unrecorded: number;
}

/** `health`: the gateway itself. */
export interface Health {
  readonly parts: readonly { readonly part: string; readonly name: Text; readonly fault: Text | null }[];
  readonly blind: readonly { readonly device: string; readonly name: Text; readonly building: string | null; readonly up: boolean | null; readonly unknown: number; readonly points: number; readonly reason: Text }[];
  /** What nobody can see: buildings as a whole, floors of others with the devices that would tell of them. */
  readonly dark: { readonly buildings: readonly string[]; readonly floors: readonly { readonly building: string; readonly floor: string; readonly devices: readonly string[] }[] };
  readonly devices: number;
  readonly points: number;
  readonly unknown_points: number;
  /** Rates whose counter is read and whose window is not full yet: not known, and nothing is wrong with them. */
  readonly gathered_points: number;
}

/** `last`: the newest entries of the journal in words, newest first. */
export interface LastEntry {
  readonly id: string;
  readonly at: string;
  readonly kind: Text;
  readonly about: Text;
  readonly by: string | null;
}

/** `site` */
export interface Site {
  readonly id: string;
  readonly name: Text;
  readonly version: string;
  /** Changes with every other build of the consoles: the page loads itself anew. */
  readonly build: string;
  readonly buildings: readonly { readonly id: string; readonly name: Text; readonly floors: readonly string[] }[];
}

/** `resets`: where something latched waits. */
export interface Reset {
  readonly scope: { readonly building: string } | { readonly device: string };
  readonly name: Text;
  readonly waiting: readonly string[];
  /** Ids that must be acknowledged first; the reset is refused until then. */
  readonly owed: readonly string[];
  readonly ready: boolean;
}

/** How far a command is. */
export type CommandStage = "requested" | "accepted" | "confirmed" | "done" | "failed" | "unknown";

/** One command of `commands`. */
export interface Sent {
  readonly id: string;
  readonly point: string;
  readonly verb: string;
  readonly name: Text;
  readonly by: string | null;
  readonly state: CommandStage;
  readonly settled: boolean;
  /** The command that took it back. */
  readonly withdrawn: string | null;
  /** It can be taken back by its opposite. */
  readonly back: boolean;
  readonly requested_at: string;
  readonly failure: Text | null;
}

/** A dangerous command that somebody armed, and has not fired yet. */
export interface Armed {
  readonly id: string;
  readonly point: string;
  readonly verb: string;
  readonly by: string;
  readonly until: string;
}

/** `commands`: the newest first, and what is armed now. */
export interface Commands {
  readonly sent: readonly Sent[];
  readonly armed: readonly Armed[];
}

/** Every section of a screen. */
export interface Sections {
  readonly site: Site;
  readonly banner: Banner;
  readonly lamps: readonly Lamp[];
  readonly windows: Readonly<Record<WindowName, { readonly total: number; readonly unacknowledged: number }>>;
  readonly sound: Sound;
  readonly modes: Modes;
  readonly isolations: readonly Isolation[];
  readonly scopes: Scopes;
  readonly linkages: readonly Run[];
  readonly resets: readonly Reset[];
  readonly commands: Commands;
  readonly duty: Duty;
  readonly health: Health;
  readonly last: readonly LastEntry[];
}

/** Event `snapshot`: everything. */
export interface Snapshot {
  readonly at: string;
  readonly sections: Sections;
  readonly alarms: readonly Alarm[];
}

/** Event `change`: what is different. */
export interface Change {
  readonly at: string;
  readonly sections?: Partial<Sections>;
  readonly alarms?: readonly Alarm[];
  readonly gone?: readonly string[];
}

/** Event `heartbeat`, every five seconds. */
export interface Heartbeat {
  readonly at: string;
  /** Age of the oldest word of a bus in milliseconds; null when one never said anything. */
  readonly feed_age_ms: number | null;
  /** Screens that follow now. */
  readonly screens: number;
}
