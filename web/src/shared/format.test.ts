import { expect, test } from "vitest";
import { age, clock, dataAge, dayClock, millis, offsetOf } from "./format";

const AT = "2026-11-22T14:13:20.120+08:00";

test("times are those of the site, wherever the browser stands", () => {
  expect(offsetOf(AT)).toBe(8 * 3_600_000);
  expect(offsetOf("2026-11-22T14:13:20-03:30")).toBe(-3.5 * 3_600_000);
  expect(clock(millis(AT), offsetOf(AT))).toBe("14:13:20");
  expect(dayClock(AT, millis(AT) + 3_600_000)).toBe("14:13:20");
  expect(dayClock(AT, millis(AT) + 10 * 3_600_000)).toBe("11-22 14:13:20");
  expect(dayClock(null, 0)).toBe("");
});

test("ages change their unit and are never negative", () => {
  for (const [ms, text] of [[-5, "0:00"], [39_000, "0:39"], [599_999, "9:59"], [720_000, "12 分"], [14_400_000, "4 小时"], [259_200_000, "3 天"]] as const) {
    expect(age(ms)).toBe(text);
  }
  for (const [ms, text] of [[400, "0.4 秒"], [12_500, "12 秒"], [180_000, "3:00"]] as const) expect(dataAge(ms)).toBe(text);
});
