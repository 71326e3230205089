import { expect, test } from "vitest";
import { summary } from "./carry";
import type { CommandState } from "./carry";
import { isRunning, shownSteps } from "./progress";
import type { Stage, Step } from "./progress";
import { same } from "./sample";

const state = (one: CommandState["state"], settled: boolean, why?: string): CommandState => ({ id: "1-1", point: "fan-1/start", verb: "start", name: same("fan"), state: one, settled, lamp: "off", withdrawn: null, failure: why ? { message: same(why) } : null });

test("several commands are as far as the least of those that run", () => {
  expect(summary([state("confirmed", true), state("requested", false), state("accepted", false)]).stage).toBe("requested");
  expect(summary([state("confirmed", true), state("accepted", false)]).stage).toBe("accepted");
});

test("when all ended, the worst is said, with what failed", () => {
  expect(summary([state("confirmed", true), state("failed", true, "no feedback"), state("confirmed", true)])).toEqual({ stage: "failed", why: "已证实 2 · 失败 1 no feedback" });
  expect(summary([state("confirmed", true), state("unknown", true)]).stage).toBe("unknown");
  expect(summary([state("confirmed", true), state("done", true)]).stage).toBe("done");
  expect(summary([state("confirmed", true)])).toEqual({ stage: "confirmed", why: "" });
});

test("what went well leaves the strip, what did not stays until it is taken off", () => {
  const step = (id: number, stage: Stage): Step => ({ id, what: "", by: "li", at: 1_000, stage, why: "", foreign: false });
  const all = [step(1, "confirmed"), step(2, "failed"), step(3, "unknown"), step(4, "refused"), step(5, "accepted"), step(6, "done")];
  expect(shownSteps(all, 2_000).length).toBe(6);
  expect(shownSteps(all, 100_000).map((one) => one.id)).toEqual([2, 3, 4, 5]);
  expect(all.filter(isRunning).map((one) => one.id)).toEqual([5]);
});
