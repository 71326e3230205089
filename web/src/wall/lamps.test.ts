import { expect, test, vi } from "vitest";

vi.mock("./state", () => ({ ruler: { value: { width: 837 } }, choice: { value: null, peek: () => null } }));
vi.mock("../shared/feed/feed", () => ({ lost: { value: false }, section: () => ({ value: null }) }));
const { labelOf, SHARES } = await import("./lamps");

const NAMES = ["Fire", "Discharge", "Gas", "Emergency", "Supervisory", "Pre-alarm", "Start", "Feedback", "Fault", "Power", "Link", "Disabled"];
const all = (page: number): string[] => NAMES.map((name, place) => labelOf(name.toLowerCase().replace("-", ""), name, place, page));

test("a lamp has its whole name where that can be read, else the abbreviation that panels have", () => {
  expect(NAMES.length).toBe(SHARES.length);
  // Five metres from 55 inches: the narrowest page.
  expect(all(837)).toEqual(["Fire", "Disch.", "Gas", "Emerg.", "Supv.", "Pre-alm", "Start", "Feedb.", "Fault", "Power", "Link", "Disabl."]);
  expect(all(1200)).toEqual(["Fire", "Disch.", "Gas", "Emerg.", "Supv.", "Pre-alarm", "Start", "Feedback", "Fault", "Power", "Link", "Disabled"]);
  // Two and a half metres from the same screen.
  expect(all(1700)).toEqual(NAMES);
});
