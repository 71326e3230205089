import { expect, test } from "vitest";
import type { Health, Site } from "../shared/feed/types";

import { buildingsOf, darkFloors } from "./onplan";

test("floors that nobody can see are marked, each once for all its devices", () => {
  const dark = { buildings: ["3"], floors: [{ building: "1", floor: "12", devices: ["dampers-1", "mist-1"] }, { building: "1", floor: "B1", devices: ["dampers-1"] }] };
  const marks = darkFloors({ dark } as unknown as Health);
  expect(marks.map(({ point, place }) => `${place.building}-${place.floor} ${point}`)).toEqual(["1-12 dampers-1", "1-B1 dampers-1"]);
  expect(darkFloors(null)).toEqual([]);
});

test("basements are told by their names until the plans are read", () => {
  const site = { buildings: [{ id: "2", name: { zh: "", en: "" }, floors: ["B2", "-1", "1"] }] } as unknown as Site;
  expect(buildingsOf(site)[0]?.floors.map((one) => one.below_ground)).toEqual([true, true, false]);
});
