import { expect, test } from "vitest";
import type { Isolation, Reset } from "../shared/feed/types";
import { ACTS, face, isolationOf, scopesFor } from "./faces";
import type { Sight } from "./faces";
import { alarm, same } from "./sample";

const reset = (building: string, waiting: readonly string[], owed: readonly string[]): Reset => ({ scope: { building }, name: same(building), waiting, owed, ready: owed.length === 0 });
const isolation = (point: string, at: "desk" | "panel"): Isolation => ({ id: "1-5", point, name: same(point), place: { building: null, floor: null, zone: null, text: same("") }, head: same(""), left: same(""), by: "li", since: "", reason: "dust", review_at: null, overdue: false, at });
const seen = (differs: Partial<Sight> = {}): Sight => ({ alarm: alarm("1-1"), open: true, who: { user: "wang", role: "operator" }, lost: false, isolations: [], resets: [reset("1", ["1-1"], [])], now: Date.parse("2026-11-22T14:01:00+08:00"), ...differs });
const line = (name: (typeof ACTS)[number], differs: Partial<Sight>): string => {
  const { refused, line: text } = face(name, seen(differs));
  return `${refused ? "refused" : "offered"}: ${text}`;
};

test("an operator before an unacknowledged fire is offered every act", () => {
  for (const act of ACTS) expect(face(act, seen()).refused, act).toBe(false);
});

test("without a connection, a log-in or the role every act says why", () => {
  for (const act of ACTS) {
    expect(line(act, { lost: true })).toBe("refused: 连接中断，请到控制器操作");
    expect(line(act, { who: null })).toBe("refused: 请先登录");
    expect(line(act, { who: { user: "wall", role: "display" } })).toBe("refused: 此账号只能查看");
    // What cannot be sent matters more than who would send it.
    expect(line(act, { lost: true, who: null })).toBe("refused: 连接中断，请到控制器操作");
  }
});

test("each act has its own reason", () => {
  const acked = alarm("1-1", "fire", { state: "acked", ack: { by: "li", at: "2026-11-22T14:00:19+08:00", note: null } });
  expect(line("acknowledge", { alarm: acked })).toBe("refused: li 14:00:19");
  expect(line("acknowledge", { alarm: alarm("1-1", "start", { state: "shown" }) })).toBe("refused: 无需确认");
  expect(line("verdict", { alarm: alarm("1-1", "fault") })).toBe("refused: 此类不作判定");
  expect(line("call", { alarm: alarm("1-1", "fault") })).toBe("refused: 此类无需呼叫");
  expect(line("isolate", { isolations: [isolation("panel-1/1-1", "panel")] })).toBe("refused: 控制器屏蔽，在控制器释放");
  expect(line("reset", { resets: [] })).toBe("refused: 没有需要复位的");
  expect(line("reset", { resets: [reset("1", ["1-1", "1-2"], ["1-1", "1-2"]), reset("2", ["1-2"], ["1-2"])] })).toBe("refused: 2 条未确认，不能复位");
  expect(line("note", { open: false })).toBe("refused: 该条已结束");
  expect(line("note", { alarm: null })).toBe("refused: 请先选一条");
});

test("a reset asks for no chosen alarm, and one scope that is ready is enough", () => {
  expect(line("reset", { alarm: null })).toBe("offered: 可复位 1 处");
  expect(line("reset", { open: false, resets: [reset("1", ["1-1"], ["1-1"]), reset("2", ["1-9"], [])] })).toBe("offered: 可复位 1 处");
});

test("what is isolated here is released at the same place", () => {
  const held = face("isolate", seen({ isolations: [isolation("panel-1/1-1", "desk")] }));
  expect(held).toEqual({ label: "释放", line: "li 已隔离", refused: false });
  expect(isolationOf([isolation("panel-1/2", "desk")], "panel-1/1")).toBeNull();
});

test("the scope of the chosen alarm is offered first", () => {
  const scopes = scopesFor([reset("2", ["1-9"], []), reset("1", ["1-1"], [])], alarm("1-1"));
  expect(scopes.map((scope) => scope.name.en)).toEqual(["1", "2"]);
});
