import { expect, test } from "vitest";
import type { Alarm } from "../shared/feed/types";
import { floorsOf } from "./floors";

const alarm = (id: string, floor: string | null, counted_as: string, window: string, building = "2"): Alarm =>
  ({ id, place: { building, floor }, shown: { counted_as, window } }) as unknown as Alarm;

test("floors stand in the order in which the fire reached them, each once", () => {
  const site = [{ id: "1", name: { zh: "", en: "" }, floors: [] }, { id: "2", name: { zh: "", en: "" }, floors: ["1", "12", "13"] }];
  const open = [
    alarm("1-30", "13", "fire", "alarms"),
    alarm("1-9", "12", "fire", "alarms"),
    alarm("1-31", "12", "fire", "alarms"),
    alarm("1-32", "1", "test", "set-aside"),
    alarm("1-33", "1", "fault", "faults"),
    alarm("1-34", "1", "fault", "faults", "9"),
  ];
  const found = floorsOf(open, site);
  expect(found.get("2")).toEqual({ fires: ["12", "13"], faults: 1, disabled: 1 });
  expect(found.get("1")).toEqual({ fires: [], faults: 0, disabled: 0 });
});
