// The acts of the desk, each as the request that it is.
//
// Takes: what the operator looked at.
// Gives: requests to the gateway, with the count each alarm had when it was looked at.
// Never: does another act's work.

import { alarms, section } from "../shared/feed/feed";
import type { Alarm, Isolation, Reset, Run } from "../shared/feed/types";
import { now } from "../shared/clock";
import { fill, say, tell } from "../shared/words";
import type { Outcome } from "./ask";
import { carry } from "./carry";
import { words } from "./words";
import { work } from "./work/words";

const about = (alarm: Alarm): string => tell(alarm.shown.head);
const isAcked = (id: string): boolean => (alarms.value.get(id)?.ack ?? null) !== null || !alarms.value.has(id);

/** 消音 */
export function silence(): Promise<Outcome> {
  return carry({ what: say(words.silence), method: "POST", path: "silence", seen: () => section("sound").value?.tone === null });
}

/** 确认 */
export function acknowledge(alarm: Alarm): Promise<Outcome> {
  return carry({
    what: `${say(words.acknowledge)} ${about(alarm)}`,
    method: "POST",
    path: `alarms/${alarm.id}/ack`,
    body: { count: alarm.count },
    seen: () => isAcked(alarm.id),
  });
}

/** 确认 of an explicit list: those that were on the screen, as they were. */
export function acknowledgeMany(list: readonly Alarm[]): Promise<Outcome> {
  const ids = list.map((alarm) => alarm.id);
  return carry({
    what: fill(words.acknowledgeN, ids.length),
    method: "POST",
    path: "alarms/ack",
    body: { ids, counts: Object.fromEntries(list.map((alarm) => [alarm.id, alarm.count])) },
    seen: () => ids.every(isAcked),
  });
}

/** A verdict. */
export type Verdict = "real" | "false" | "drill";

/** 判定 */
export function judge(alarm: Alarm, verdict: Verdict, cause: string): Promise<Outcome> {
  const held = cause.trim();
  return carry({
    what: `${say(words.verdict)} ${say(words[verdict])} ${about(alarm)}`,
    method: "POST",
    path: `alarms/${alarm.id}/verdict`,
    body: held ? { verdict, cause: held } : { verdict },
    seen: () => alarms.value.get(alarm.id)?.verdict === verdict || !alarms.value.has(alarm.id),
  });
}

/** 复位: the rows that waited are over, came back, or wait for their panel. */
export function reset(scope: Reset): Promise<Outcome> {
  return carry({
    what: `${say(words.reset)} ${tell(scope.name)}`,
    method: "POST",
    path: "reset",
    body: { scope: scope.scope },
    seen: () => scope.waiting.every((id) => !alarms.value.has(id)),
  });
}

/** What an isolation asks for. */
export interface Isolating {
  readonly reason: string;
  readonly purpose: string;
  readonly order: string;
  readonly hours: number;
}

/** 隔离 */
export function isolate(alarm: Alarm, asked: Isolating): Promise<Outcome> {
  const order = asked.order.trim();
  const body = { point: alarm.point, reason: asked.reason.trim(), purpose: asked.purpose, review_at: later(asked.hours * 60) };
  return carry({
    what: `${say(words.isolate)} ${about(alarm)}`,
    method: "POST",
    path: "isolations",
    body: order ? { ...body, order } : body,
    seen: () => (section("isolations").value ?? []).some((held) => held.point === alarm.point),
  });
}

/** 释放 */
export function release(held: Isolation): Promise<Outcome> {
  return carry({
    what: `${say(words.release)} ${tell(held.head)} ${tell(held.left)}`.trim(),
    method: "DELETE",
    path: `isolations/${held.id}`,
    seen: () => (section("isolations").value ?? []).every((one) => one.id !== held.id),
  });
}

/** Words added to an alarm or the run of a linkage. */
export function note(id: string, text: string): Promise<Outcome> {
  return carry({ what: say(words.note), method: "POST", path: `notes/${id}`, body: { text: text.trim() } });
}

/** A call that somebody made. */
export function call(alarm: Alarm, called: string, text: string): Promise<Outcome> {
  const held = text.trim();
  const made = (): number => alarms.value.get(alarm.id)?.calls?.length ?? 0;
  const until = made() + 1;
  return carry({
    what: `${say(words.call)} ${called.trim()}`,
    method: "POST",
    path: `alarms/${alarm.id}/calls`,
    body: held ? { called: called.trim(), note: held } : { called: called.trim() },
    seen: () => made() >= until || !alarms.value.has(alarm.id),
  });
}

/** What is said of how an alarm was handled. */
export interface Handling {
  readonly cause: string;
  readonly measure: string;
  readonly result: string;
}

/** 处理记录: of an alarm that is open, or that is over and still wants one. */
export function handled(id: string, asked: Handling, name: string): Promise<Outcome> {
  const result = asked.result.trim();
  const body = { ids: [id], cause: asked.cause.trim(), measure: asked.measure.trim() };
  return carry({ what: `${say(words.handled)} ${name}`, method: "POST", path: "handling", body: result ? { ...body, result } : body });
}

/** 取消: the key of a panel. */
export function cancelAt(device: string, name: string): Promise<Outcome> {
  return carry({ what: `${say(work.cancel)} ${name}`, method: "POST", path: `devices/${encodeURIComponent(device)}/cancel` });
}

/** 异响、异光、异味: a row that everybody sees. */
export function reportAbnormal(device: string, name: string, text: string): Promise<Outcome> {
  const seen = (): boolean => [...alarms.value.values()].some((alarm) => alarm.point === `${device}/abnormal` && alarm.ack === null);
  return carry({ what: `${say(work.abnormal)} ${name}`, method: "POST", path: `devices/${encodeURIComponent(device)}/abnormal`, body: { text: text.trim() }, seen });
}

/** Releases or withdraws an action of a linkage. */
export function linkage(run: Run, action: number, act: "release" | "withdraw"): Promise<Outcome> {
  const name = tell(run.actions[action]?.name);
  return carry({
    what: `${say(act === "release" ? words.doIt : words.withdraw)} ${name}`,
    method: "POST",
    path: `linkages/${run.id}/actions/${action}/${act}`,
    seen: () => {
      const held = (section("linkages").value ?? []).find((one) => one.id === run.id)?.actions[action];
      return held === undefined || (act === "release" ? held.released_by : held.withdrawn_by) !== null;
    },
  });
}

/** Begins or ends a test or a drill. */
export function exercise(kind: "tests" | "drills", what: string, asked: { readonly id: string } | { readonly body: object }): Promise<Outcome> {
  if ("id" in asked) {
    const gone = (): boolean => {
      const scopes = section("scopes").value;
      return ![...(scopes?.tests ?? []), ...(scopes?.drills ?? [])].some((one) => one.id === asked.id);
    };
    return carry({ what, method: "DELETE", path: `${kind}/${asked.id}`, seen: gone });
  }
  return carry({ what, method: "POST", path: kind, body: asked.body });
}

/** Signs in to the duty, or out. */
export function duty(act: "sign-in" | "sign-out"): Promise<Outcome> {
  return carry({ what: say(act === "sign-in" ? work.signIn : work.signOut), method: "POST", path: `duty/${act}` });
}

/** A time so many minutes from now, by the gateway's clock. */
export function later(minutes: number): string {
  return new Date(now() + minutes * 60_000).toISOString();
}
