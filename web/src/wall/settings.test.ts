import { expect, test } from "vitest";
import { readSettings, rule, themeAt } from "./settings";

test("settings of the gateway hold, the address goes first, and nonsense changes nothing", () => {
  const json = JSON.stringify({ id: "north", name: { zh: "北", en: "North" }, distance_m: 8, diagonal_in: 75, palette: "nfpa", theme: "auto" });
  expect(readSettings(json, "")).toEqual({ id: "north", name: { zh: "北", en: "North" }, distance: 8, diagonal: 75, palette: "nfpa", theme: "auto" });
  expect(readSettings(json, "?distance=3&palette=gb&diagonal=0")).toMatchObject({ distance: 3, diagonal: 75, palette: "gb" });
  for (const json of [undefined, "{}", "null", "{", "[]"]) {
    expect(readSettings(json, "?distance=&palette=red")).toEqual({ id: null, name: null, distance: 5, diagonal: 55, palette: "gb", theme: null });
  }
});

test("a minute of arc is 2.3 px at five metres on 55 inches, and 4K shows the same page", () => {
  const settings = readSettings("{}", "");
  const hd = rule(settings, 1920, 1080);
  expect(hd.minute).toBeCloseTo(2.29, 1);
  expect(hd.small).toBe(false);
  const uhd = rule(settings, 3840, 2160);
  expect(uhd.height).toBeCloseTo(hd.height, 6);
  expect(uhd.minute).toBeCloseTo(2 * hd.minute, 6);
});

test("a display too small for its distance keeps its parts and says so", () => {
  const far = rule(readSettings("{}", "?distance=30&diagonal=20"), 1920, 1080);
  expect(far.small).toBe(true);
  expect(far.height).toBeGreaterThan(459);
});

test("auto is light from seven to nineteen", () => {
  expect([6, 7, 18, 19].map((hour) => themeAt("auto", hour))).toEqual(["night", "day", "day", "night"]);
  expect(themeAt("day", 3)).toBe("day");
});
