import { expect, test } from "vitest";
import type { Health, Site } from "../shared/feed/types";

import { buildingsOf, unheard } from "./onplan";

test("a building is unknown while one of its devices does not answer", () => {
  const blind = [{ building: "3", up: null }, { building: "3", up: false }, { building: "1", up: true }, { building: null, up: false }];
  expect(unheard({ blind } as unknown as Health)).toEqual(["3"]);
  expect(unheard(null)).toEqual([]);
});

test("basements are told by their names until the plans are read", () => {
  const site = { buildings: [{ id: "2", name: { zh: "", en: "" }, floors: ["B2", "-1", "1"] }] } as unknown as Site;
  expect(buildingsOf(site)[0]?.floors.map((one) => one.below_ground)).toEqual([true, true, false]);
});
