// The blocks of the right column: what alarms, what was commanded, who is there, what is owed.
//
// Takes: sections of the feed, rows on show, the width of the column.
// Gives: blocks for a column.
// Never: an empty list that could be unknown, shown as nothing.

import { now, ticking } from "../shared/clock";
import { section } from "../shared/feed/feed";
import type { WindowName } from "../shared/feed/types";
import { age, clock, dayClock, millis, offsetOf } from "../shared/format";
import { Symbol } from "../shared/symbol";
import { fill, language, say, tell } from "../shared/words";
import type { BlockOf, RowOf } from "./column";
import { alarmRow } from "./alarmrow";
import { lines, width } from "./fit";
import { feedbacks, targets } from "./linkages";
import type { Awaited } from "./linkages";
import { newest } from "./rows";
import { placeText } from "./sign";
import { shownRows } from "./state";
import { wall } from "./words";

const TITLES = { alarms: wall.alarms, actions: wall.actions, faults: wall.faults, "set-aside": wall.setAside } as const;
/** More rows than this fit no wall. */
const MOST = 24;

/** `14:32` of a time of the gateway. */
const minutes = (text: string): string => clock(millis(text), offsetOf(text)).slice(0, 5);

/** One window as a block. */
export function windowBlock(window: WindowName, wide: number, least: number): BlockOf {
  const rows = shownRows.value[window];
  const counts = section("windows").value?.[window] ?? { total: rows.length, unacknowledged: 0 };
  const owed = counts.unacknowledged;
  const last = newest(rows.filter((row) => row !== null));
  return {
    key: window, bare: true,
    title: `${say(TITLES[window])} ${counts.total}`,
    note: owed > 1 && owed === counts.total ? say(wall.allUnacked) : owed > 0 ? fill(wall.unacked, owed) : "",
    rows: rows.slice(0, MOST).map((alarm, index) => alarmRow(alarm, index, wide)),
    // The newest tells how far it has gone.
    ...(last && window === "alarms" ? { last: alarmRow(last, rows.length, wide) } : {}),
    beyond: Math.max(0, rows.length - MOST),
    least,
  };
}

/** Commanded against fed back; null while nothing is commanded. */
export function linkageBlock(wide: number, least: number): BlockOf | null {
  const all = targets(section("linkages").value ?? []);
  if (all.length === 0) return null;
  const { arrived, owed } = feedbacks(all);
  const count = (state: Awaited["state"]): number => all.filter((one) => one.state === state).length;
  const [missing, proposed] = [count("missing"), count("proposed")];
  return {
    key: "linkages", bare: true,
    title: fill(wall.linkages, arrived, owed),
    note: missing > 0 ? <em>{fill(wall.missing, missing)}</em> : proposed > 0 ? fill(wall.toRelease, proposed) : say(wall.fedBack),
    rows: all.slice(0, MOST).map((one) => targetRow(one, wide)),
    beyond: Math.max(0, all.length - MOST),
    // What came needs no eye.
    least: Math.min(least, all.filter((one) => one.state !== "arrived").length),
  };
}

const MARKS: Readonly<Record<Awaited["state"], readonly [symbol: string, tone: string]>> = {
  missing: ["fault", "fault"], proposed: ["person", ""], awaited: ["prealarm", ""], delayed: ["prealarm", ""],
  started: ["start", "act"], arrived: ["feedback", "act"], withdrawn: ["disabled", "off"], cancelled: ["disabled", "off"],
};

function targetRow(one: Awaited, wide: number): RowOf {
  const text = placeText(one.target.place, tell(one.target.name));
  const [symbol, tone] = MARKS[one.state];
  return {
    key: one.key,
    lines: Math.min(3, lines(text, (wide - 34) / 22 - width(said(one)) - 0.5)),
    className: `target is-${one.state}`,
    row: <><Symbol name={symbol} tone={tone} /><p class="text">{text}</p><span class="state">{said(one)}</span></>,
  };
}

function said(one: Awaited): string {
  const at = ticking.value;
  if (one.state === "missing") return fill(wall.noFeedback, age(at - millis(one.action.due_at)));
  if (one.state === "awaited") return fill(wall.awaiting, age(millis(one.target.feedback_due_at) - at || 0));
  if (one.state === "delayed") return fill(wall.delayed, age(millis(one.action.due_at) - at));
  return say(wall[one.state]);
}

const plain = (key: string, text: string, wide: number, right = "", className = "", most = 3): RowOf => ({
  key,
  lines: Math.min(most, lines(text, wide / 22 - (right ? width(right) + 0.5 : 0))),
  className,
  row: <><p class="text">{text}</p>{right && <span class="state">{right}</span>}</>,
});

/** Who is there. */
export function peopleBlock(wide: number): BlockOf {
  const duty = section("duty").value;
  const present = duty?.present ?? [];
  const names = present.map((one) => one.user).join(language === "zh" ? "、" : ", ");
  const short = (duty?.needs ?? 0) > present.length;
  return {
    key: "people",
    title: say(wall.onDuty),
    note: short ? fill(wall.dutyNeeds, present.length, duty?.needs ?? 0) : "",
    rows: [plain("names", names || say(wall.dutyNone), wide, "", short ? "late" : "")],
    least: 1,
  };
}

/** Rounds that are due; null when none is. */
export function roundsBlock(wide: number): BlockOf | null {
  const rounds = section("duty").value?.rounds ?? [];
  if (rounds.length === 0) return null;
  const order = [...rounds].sort((a, b) => Number(b.overdue) - Number(a.overdue) || millis(a.until) - millis(b.until));
  const row = (round: (typeof order)[number]): RowOf =>
    plain(round.id, tell(round.name), wide, round.overdue ? say(wall.roundOverdue) : fill(wall.roundUntil, minutes(round.until)), round.overdue ? "late" : "");
  return { key: "rounds", title: `${say(wall.rounds)} ${rounds.length}`, rows: order.map(row), least: 1 };
}

/** What people isolated, the soonest review first; null when nothing is. */
export function isolationsBlock(wide: number, least: number): BlockOf | null {
  // What panels disabled has rows of its own.
  const all = (section("isolations").value ?? []).filter((one) => one.at === "desk");
  if (all.length === 0) return null;
  const due = (text: string | null): number => (text ? millis(text) : Number.MAX_VALUE);
  const order = [...all].sort((a, b) => Number(b.overdue) - Number(a.overdue) || due(a.review_at) - due(b.review_at));
  const row = (one: (typeof order)[number]): RowOf => {
    const right = one.overdue ? say(wall.reviewOverdue) : fill(wall.reviewAt, when(one.review_at ?? ""));
    return plain(one.id, [tell(one.head), tell(one.left)].filter(Boolean).join(" · "), wide, right, one.overdue ? "late disabled" : "disabled");
  };
  return { key: "isolations", bare: true, title: `${say(wall.isolations)} ${all.length}`, rows: order.slice(0, MOST).map(row), beyond: Math.max(0, all.length - MOST), least };
}

const when = (text: string): string => dayClock(text, now()).replace(/:\d\d$/, "");

/** The newest records. */
export function lastBlock(wide: number): BlockOf {
  const all = (section("last").value ?? []).slice(0, 8);
  const rows = all.map((one) => plain(one.id, `${minutes(one.at)} ${tell(one.about) || tell(one.kind)}`, wide, "", "record", 2));
  return { key: "last", quiet: true, title: say(wall.lastEvents), rows, least: 1 };
}

/** What cannot be read; null when all is read. */
export function blindBlock(wide: number, least: number): BlockOf | null {
  const health = section("health").value;
  if (!health || health.blind.length === 0) return null;
  const right = (one: (typeof health.blind)[number]): string =>
    one.up === null ? say(wall.neverRead) : !one.up ? tell(one.reason) || say(wall.noAnswer) : fill(wall.unknownPoints, one.unknown);
  return {
    key: "blind", bare: true,
    title: `${say(wall.notRead)} ${health.blind.length}`,
    rows: health.blind.slice(0, MOST).map((one) => plain(one.device, tell(one.name), wide, right(one), "blind")),
    beyond: Math.max(0, health.blind.length - MOST),
    least,
  };
}

/** What to do about devices that do not answer; null when all answer. */
export function watchBlock(wide: number): BlockOf | null {
  if (!section("health").value?.blind.some((one) => one.up !== true)) return null;
  return { key: "watch", title: say(wall.doNow), rows: [plain("watch", say(wall.watchThem), wide, "", "urgent")], least: 1 };
}

/** What is wrong with the gateway itself; null when nothing is. */
export function partsBlock(wide: number): BlockOf | null {
  const wrong = (section("health").value?.parts ?? []).filter((one) => one.fault !== null);
  if (wrong.length === 0) return null;
  const row = (one: (typeof wrong)[number]): RowOf => plain(one.part, `${tell(one.name)} ${tell(one.fault)}`, wide, "", "late");
  return { key: "parts", bare: true, title: `${say(wall.gateway)} ${wrong.length}`, rows: wrong.slice(0, MOST).map(row), beyond: Math.max(0, wrong.length - MOST), least: 1 };
}
