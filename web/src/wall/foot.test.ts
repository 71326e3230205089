import { expect, test, vi } from "vitest";
import type { PanelModes } from "../shared/feed/types";

vi.mock("./state", () => ({ ruler: { value: { small: false } } }));
vi.mock("../shared/sound", () => ({ soundState: { value: "ok" } }));
const { startOf, together } = await import("./foot");

const panel = (modes: Partial<PanelModes>): PanelModes => ({ device: "p", name: { zh: "", en: "" }, ...modes });

test("one word only where every panel says the same, and ? where one cannot be read", () => {
  const say = (...panels: PanelModes[]) => together(panels, "auto", ["自动", "Auto"], ["手动", "Manual"]);
  expect(say(panel({ auto: true }), panel({}))).toBe("自动");
  expect(say(panel({ auto: false }), panel({ auto: false }))).toBe("手动");
  expect(say(panel({ auto: true }), panel({ auto: null }))).toBe("?");
  expect(say(panel({ auto: true }), panel({ auto: false }))).toBe("不一致");
  expect(say(panel({}))).toBeNull();
});

test("permissions to start stand in one word", () => {
  const may = (manual: boolean | null, auto: boolean | null) => startOf([panel({ "start-manual-allowed": manual, "start-auto-allowed": auto })]);
  expect([may(true, true), may(true, false), may(false, true), may(false, false), may(null, true)]).toEqual(["手动、自动", "仅手动", "仅自动", "控制器禁止", "?"]);
  expect(startOf([panel({})])).toBeNull();
});
