import { expect, test } from "vitest";
import type { Action, Run, Target } from "../../shared/feed/types";
import { same } from "../sample";
import { clean, freeFirst, isCode, isWild, targetOf } from "./code";
import type { Addressed } from "./code";
import { tested } from "./exercise";
import { byNeed, canRelease, canWithdraw, feedbackOf, stageOf, sumUp } from "./stages";

const NOW = Date.parse("2026-11-22T14:00:00+08:00");
const target = (stage: Target["stage"], feedback: Target["feedback"] = "none", due: string | null = null): Target => ({ point: "fan-1", name: same("fan"), place: { building: null, floor: null, zone: null, text: same("") }, stage, why: null, feedback, feedback_due_at: due });
const action = (...targets: Target[]): Action => ({ name: same("fans"), verb: "start", discharge: false, due_at: "2026-11-22T14:00:30+08:00", released_by: null, withdrawn_by: null, advice: null, targets });
const run = (id: string, mode: Run["mode"], ...actions: Action[]): Run => ({ id, linkage: "l", name: same(id), mode, drill: false, met_at: `2026-11-22T13:0${id}:00+08:00`, because: [], cleared_at: null, over_at: null, actions });

test("a code has six digits or stars, its type two or none", () => {
  for (const [code, type, holds] of [["042146", "30", true], ["**2***", "**", true], ["042146", "", true], ["04214", "30", false], ["042146", "3", false], ["04214x", "30", false]] as const) {
    expect(isCode({ code, type }), `${code} ${type}`).toBe(holds);
  }
  expect(isWild({ code: "042146", type: "3*" })).toBe(true);
  expect(clean("04-21 4*x6", 6)).toBe("04214*");
  expect(targetOf({ code: "042146", type: "", panel: "", verb: "start" })).toEqual({ code: "042146" });
  expect(targetOf({ code: "042146", type: "30", panel: "panel-1", verb: "start" })).toEqual({ code: "042146", type: "30", panel: "panel-1" });
});

test("targets that are barred come last and are not left out", () => {
  const one = (point: string, barred: boolean): Addressed => ({ point, name: same(point), place: target("proposed").place, code: null, type: null, barred: barred ? { error: "e", message: same("no") } : null });
  expect(freeFirst([one("a", true), one("b", false), one("c", true)]).map((held) => held.point)).toEqual(["b", "a", "c"]);
});

test("the stage and the feedback of a target are said with the time that is left", () => {
  const delayed = action(target("delayed"));
  expect(feedbackOf(target("delayed"), delayed, NOW)).toBe("0:30 后启动");
  expect(feedbackOf(target("started", "awaited", "2026-11-22T14:00:12+08:00"), delayed, NOW)).toBe("等待反馈，还剩 0:12");
  expect(feedbackOf(target("started", "missing"), delayed, NOW)).toBe("无反馈");
  expect(feedbackOf(target("proposed"), delayed, NOW)).toBe("");
  expect(stageOf(target("started"), run("1", "monitor"))).toBe("应由控制器启动");
  expect(stageOf(target("started"), run("1", "auto"))).toBe("已启动");
});

test("what waits can be released, what runs can be withdrawn, and never what the panel does", () => {
  expect([canRelease(action(target("proposed"))), canRelease(action(target("started")))]).toEqual([true, false]);
  const started = action(target("started"));
  expect([canWithdraw(started, run("1", "manual", started)), canWithdraw(started, run("1", "monitor", started))]).toEqual([true, false]);
  expect(canWithdraw(action(target("withdrawn")), run("1", "manual"))).toBe(false);
});

test("runs stand in the order in which they need people", () => {
  const [plain, proposed, missing] = [run("1", "auto", action(target("started", "arrived"))), run("2", "manual", action(target("proposed"))), run("3", "auto", action(target("started", "missing"), target("started", "awaited")))];
  expect(byNeed([plain, proposed, { ...plain, id: "4", over_at: "2026-11-22T13:10:00+08:00" }, missing]).map((held) => held.id)).toEqual(["3", "2", "1"]);
  expect(sumUp(missing)).toBe("无反馈 1 · 等待反馈 1");
});

test("a test is of a zone, a device, a point or a loop", () => {
  expect(tested("zone", " 1-12 ")).toEqual({ zone: "1-12" });
  expect(tested("loop", "panel-1 2")).toEqual({ loop: { device: "panel-1", number: 2 } });
  expect(tested("loop", "panel-1")).toBeNull();
  expect(tested("point", "panel-1/l4-d5")).toEqual({ points: ["panel-1/l4-d5"] });
});
