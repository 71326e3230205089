import { expect, test } from "vitest";
import type { Run, Target } from "../shared/feed/types";
import { feedbacks, targets } from "./linkages";

const target = (point: string, stage: Target["stage"], feedback: Target["feedback"]): Target =>
  ({ point, stage, feedback, name: { zh: point, en: point }, place: { building: null, floor: null, zone: null, text: { zh: "", en: "" } }, why: null, feedback_due_at: null });
const run = (id: string, ...list: Target[]): Run => ({ id, actions: [{ targets: list }] }) as unknown as Run;

test("the missing one stands on top, and what came at the end", () => {
  const all = targets([
    run("1-1", target("a", "started", "arrived"), target("b", "started", "awaited")),
    run("1-2", target("c", "proposed", "none"), target("d", "started", "missing"), target("e", "delayed", "awaited"), target("f", "started", "none")),
  ]);
  expect(all.map((one) => `${one.target.point} ${one.state}`)).toEqual(["d missing", "c proposed", "e delayed", "b awaited", "f started", "a arrived"]);
  expect(feedbacks(all)).toEqual({ arrived: 1, owed: 4 });
  expect(new Set(all.map((one) => one.key)).size).toBe(6);
});
