// The texts of all consoles, in both languages. Each app has a catalogue of its own beside it, made the same way.
//
// Takes: the page's language.
// Gives: `say` and `fill` for texts of the program, `tell` for texts that the gateway sends in both languages.
// Never: one language without the other; the type has both, a test finds empty ones.

/** A text of the program: Chinese first. */
export type Phrase = readonly [zh: string, en: string];

/** A text as the gateway sends it. */
export interface Text {
  readonly zh: string;
  readonly en: string;
}

/** The languages of a page. */
export type Language = "zh" | "en";

/** The language of this page: the server wrote it into the document; a switch draws the page anew. */
export const language: Language =
  typeof document !== "undefined" && document.documentElement.lang.startsWith("en") ? "en" : "zh";

/** The text of the program in the page's language. */
export function say(phrase: Phrase): string {
  return language === "zh" ? phrase[0] : phrase[1];
}

/** The same with `{}` replaced, one after the other. */
export function fill(phrase: Phrase, ...values: readonly (string | number)[]): string {
  const parts = say(phrase).split("{}");
  return parts.map((part, index) => (index === 0 ? part : String(values[index - 1] ?? "") + part)).join("");
}

/** A text of the gateway in the page's language; the other one rather than nothing. */
export function tell(text: Text | null | undefined): string {
  if (!text) return "";
  return (language === "zh" ? text.zh : text.en) || text.zh || text.en;
}

/** Keeps a catalogue's type while checking it. */
export function catalogue<T extends Record<string, Phrase>>(texts: T): T {
  return texts;
}

/** What every console says. */
export const words = catalogue({
  notAcknowledged: ["{} 条未确认", "{} not acknowledged"],
  open: ["共 {} 条", "{} open"],
  more: ["另 {} 条", "{} more"],
  sinceFirst: ["自首警 {}", "since first alarm {}"],
  since: ["自 {}", "since {}"],
  fromBuses: ["总线 {}前报告", "buses reported {} ago"],
  fromBusesNever: ["总线尚无报告", "the buses have not reported"],
  notRecorded: ["未写入日志", "NOT RECORDED"],
  lowerBound: ["有设备读不到，实际可能更多", "Some devices cannot be read; there may be more"],
  building: ["号楼", "Bldg"],
  floor: ["层", "Floor"],
  zone: ["分区 {}", "Zone {}"],
  beside: ["另有未隔离", "Also, not isolated"],
  isolated: ["已隔离", "Isolated"],
  lamps: ["状态灯", "State lamps"],

  now: ["当前", "Now"],
  desk: ["值班台", "Desk"],

  feedLost: ["失联：本屏不再更新", "Feed lost: this screen is not being updated"],
  feedLostDo: ["以下是旧数据，不可据此判断。现场以控制器为准。", "What you see is old; do not judge by it. Go by the panels."],
  feedLostFor: ["已 {} 无数据", "no data for {}"],
  lastData: ["末次数据 {}", "last data {}"],
  trying: ["正在重新连接", "connecting again"],
  starting: ["正在读取", "Reading"],

  soundOk: ["声音正常", "SOUND OK"],
  soundMuted: ["本屏已静音", "MUTED (this screen)"],
  soundBlocked: ["浏览器未放行声音", "SOUND BLOCKED by the browser"],
  sounding: ["正在鸣响", "Sounding"],
  silent: ["无声", "Silent"],
  silencedAt: ["{} 已消音", "silenced {}"],
  soundsAgain: ["{} 再响", "sounds again {}"],

  toNight: ["夜间", "Night"],
  toDay: ["日间", "Day"],

  unknown: ["未知", "unknown"],
  auto: ["自动", "Auto"],
  manual: ["手动", "Manual"],
  second: ["秒", "s"],
  minute: ["分", "min"],
  hour: ["小时", "h"],
  day: ["天", "d"],
});
