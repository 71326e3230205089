import { expect, test } from "vitest";
import type { Alarm, Category, Isolation, WindowName } from "../feed/types";
import { shownOf } from "./shown";

const head = { zh: "走廊", en: "Corridor" };
const place = { building: "1", floor: "12", zone: null, text: head };
const alarm = (id: string, category: Category, window: WindowName, more: object = {}): Alarm =>
  ({ id, category, point: `p/${id}`, place, ack: null, inhibit: [], shown: { counted_as: category, window, head, symbol: category }, ...more }) as unknown as Alarm;

test("alarms get the number they came with or their symbol, the rest a mark", () => {
  const open = [
    alarm("1-4", "fire", "alarms", { arrival: 1 }),
    alarm("1-5", "fire", "alarms", { arrival: 2, tied: true, ack: { by: "li", at: "", note: null }, inhibit: ["isolated"] }),
    alarm("1-6", "supervisory", "alarms"),
    alarm("1-7", "fault", "faults"),
    alarm("1-8", "link-fault", "faults"),
    alarm("1-9", "fire", "set-aside", { shown: { counted_as: "test", window: "set-aside", head } }),
    alarm("1-10", "gas", "alarms"),
  ];
  const isolation = { point: "p/x", place, head } as unknown as Isolation;
  const shown = shownOf(open, [isolation], "1-4");
  expect(shown.alarms.map(({ point, label, first, fresh, isolated }) => [point, label, first, fresh, isolated])).toEqual([
    ["p/1-4", "1", true, true, false],
    ["p/1-5", "2=", false, false, true],
    ["p/1-6", null, false, true, false],
    ["p/1-10", null, false, true, false],
  ]);
  expect(shown.alarms.map(({ burning, symbol }) => [burning, symbol])).toEqual([[true, "fire"], [true, "fire"], [false, "supervisory"], [true, "gas"]]);
  expect(shown.faults.map((mark) => mark.point)).toEqual(["p/1-7"]);
  expect(shown.unknown.map((mark) => mark.point)).toEqual(["p/1-8"]);
  expect(shown.isolated.map((mark) => mark.point)).toEqual(["p/x"]);
});
