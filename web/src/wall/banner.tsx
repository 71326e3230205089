// The banner: the state word, where it is as a sign, the clock.
//
// Takes: banner, first alarm, site; the gateway's clock and the age of its data.
// Gives: what must be read from twenty metres.
// Never: an alarm role on anything but fire, and no time inside it: a clock would be read out every second.

import type { ComponentChildren } from "preact";
import { now, offset, ticking } from "../shared/clock";
import { alarms, feedAge, section, silence, subject } from "../shared/feed/feed";
import type { Alarm, Banner as BannerSection } from "../shared/feed/types";
import { clock, dataAge, dayClock, millis } from "../shared/format";
import { Symbol } from "../shared/symbol";
import { fill, language, say, tell, words } from "../shared/words";
import { lines, width } from "./fit";
import { elapsed } from "./elapsed";
import { below, parts, rowText, sizeOf } from "./sign";
import type { Part } from "./sign";
import { ruler } from "./state";
import { toneOf } from "./tone";
import { wall } from "./words";

/** Room of the state word, least and most, and of the clock, in minutes of arc. */
const WORD = [206, 262] as const;
/** The symbol and the gap beside it. */
const SYMBOL = 84;
const CLOCK = 224;
const EDGES = 64;
/** Height that a sign may take. */
const HIGH = 118;

/** A size of type in minutes of arc. */
export const em = (value: number) => ({ fontSize: `calc(${value} * var(--am))` });

/** The banner while the feed lives. */
export function Banner() {
  const banner = section("banner").value;
  if (!banner) return null;
  const isFire = banner.state === "fire";
  const blind = banner.state === "link-lost" || banner.state === "unknown";
  const about = blind ? null : subject.value;
  return (
    <header class={`banner is-${banner.alarming ? "fire on-colour" : blind ? "unknown" : banner.state}`} data-state={banner.state}>
      <div class="what-is" role={isFire ? "alert" : "status"}>
        <Word banner={banner} about={about} />
        <div class="where">{about ? <Sign alarm={about} banner={banner} /> : <Sentence banner={banner} />}</div>
      </div>
      <When since={about?.raised_at ?? banner.since} first={about?.first ?? false} />
    </header>
  );
}

/** A state word as it is drawn: a long one in two lines. */
export function stateWord(text: string): { readonly text: string; readonly size: number; readonly room: number } {
  const whole = language === "zh" && text.length > 3 ? `${text.slice(0, text.length / 2)}\n${text.slice(text.length / 2)}` : text.replace(" ", "\n");
  const pieces = whole.split("\n");
  // Bold type is wider.
  const longest = Math.max(...pieces.map(width)) * 1.08;
  const size = Math.min(pieces.length > 1 ? 44 : 58, (WORD[1] - SYMBOL) / longest);
  return { text: whole, size, room: Math.max(WORD[0], SYMBOL + longest * size) };
}

function Word({ banner, about }: { readonly banner: BannerSection; readonly about: Alarm | null }) {
  const [said = "", ...after] = tell(banner.text).split(" - ");
  const word = stateWord(said);
  const verdict = about?.incident ? tell(about.shown.verdict_text) : "";
  return (
    <div class="word" style={{ width: `calc(${word.room} * var(--am))` }}>
      <Symbol name={banner.symbol} tone={banner.alarming ? "inverse" : toneOf(banner.state)} />
      <div>
        <h1 style={em(word.size)}>{word.text}</h1>
        {after.length > 0 && <p class="isolated">{after.join(" ")}</p>}
        {after.length === 0 && (verdict ? <p>{verdict}</p> : banner.unacknowledged > 0 && <p>{fill(wall.unacked, banner.unacknowledged)}</p>)}
      </div>
    </div>
  );
}

/** Width between state word and clock. */
const roomOf = (banner: BannerSection): number => ruler.value.width - stateWord(tell(banner.text).split(" - ")[0] ?? "").room - CLOCK - EDGES;

/** The sign of an alarm, in the space between state word and clock. */
export function Sign({ alarm, banner, narrow = 0 }: { readonly alarm: Alarm; readonly banner: BannerSection; readonly narrow?: number }) {
  const beside = banner.beside ? alarms.value.get(banner.beside) : undefined;
  const found = parts(alarm, section("site").value, tell);
  const text = below(alarm, tell);
  const wide = roomOf(banner) - narrow;
  const word = width(say(wall.numeralBuilding)) + 0.4;
  const size = sizeOf(found, text, wide, HIGH - (beside ? 28 : 0), word);
  return (
    <>
      <p class="sign">{found.map((part) => <SignPart key={part.kind} part={part} numeral={size.numeral} word={size.word} />)}</p>
      {text && <p class="rest" style={{ ...em(size.below), WebkitLineClamp: size.lines }}>{text}</p>}
      {beside && <p class="beside"><span>{say(wall.beside)}</span> {rowText(beside, tell)}</p>}
    </>
  );
}

function SignPart({ part, numeral, word }: { readonly part: Part; readonly numeral: number; readonly word: number }) {
  const big = em(part.numeral ? numeral : Math.min(numeral, 40));
  if (!part.numeral) return <b class="name" style={big}>{part.text}</b>;
  const unit = <span style={em(word)}>{say(part.kind === "building" ? wall.numeralBuilding : wall.numeralFloor)}</span>;
  return <span class="part">{language === "en" && unit}<b style={big}>{part.text}</b>{language === "zh" && unit}</span>;
}

const SENTENCES: readonly (readonly [sentence: number, names: number, most: number])[] = [[38, 28, 3], [34, 26, 3], [28, 24, 3], [28, 22, 2], [24, 22, 1]];

/** What stands there when there is no place to point at: the gateway's sentence, and names of what it cannot read. */
function Sentence({ banner }: { readonly banner: BannerSection }) {
  const names = banner.names.map(tell);
  const listed = (most: number): string => names.slice(0, most).join(language === "zh" ? "、" : ", ") + (names.length > most ? ` +${names.length - most}` : "");
  const wide = roomOf(banner);
  const sentence = tell(banner.sentence);
  const tall = ([large, small, most]: (typeof SENTENCES)[number]): number => lines(sentence, wide / large) * large * 1.15 + (names.length > 0 ? lines(listed(most), wide / small) * small * 1.2 : 0);
  const [large, small, most] = SENTENCES.find((sizes) => tall(sizes) <= HIGH) ?? [24, 22, 1];
  return (
    <>
      {sentence && <p class="plainly" style={em(large)}>{sentence}</p>}
      {names.length > 0 && <p class="names" style={em(small)}>{listed(most)}</p>}
    </>
  );
}

/** Clock, time in this state, since when: always these three in this order. Without a beginning the clock is the large one. */
export function When({ since, first }: { readonly since: string | null; readonly first: boolean }) {
  const at = ticking.value;
  const time = clock(at, offset.value);
  return (
    <div class="when">
      <p class="top"><Age /><Fuse quiet={silence.value} />{since ? <time>{time}</time> : <span>{date(at)}</span>}</p>
      <p class="big">{since ? elapsed(at - millis(since)) : time}</p>
      <p class="since">{since ? fill(first ? words.sinceFirst : words.since, dayClock(since, now())) : tell(section("site").value?.name)}</p>
    </div>
  );
}

const WEEKDAYS = { zh: "日一二三四五六", en: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] } as const;

/** `11月22日 周日` of the site's time. */
export function date(at: number): string {
  const local = new Date(at + offset.value);
  const [month, day, weekday] = [local.getUTCMonth() + 1, local.getUTCDate(), local.getUTCDay()];
  return language === "zh" ? `${month}月${day}日 周${WEEKDAYS.zh[weekday] ?? ""}` : `${WEEKDAYS.en[weekday] ?? ""} ${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

/** How old the oldest word of a bus is. */
function Age(): ComponentChildren {
  const lapse = feedAge.value;
  const text = lapse === null ? say(words.fromBusesNever) : fill(words.fromBuses, dataAge(lapse));
  return <span class="data" aria-label={text} title={text}>{lapse === null ? "?" : dataAge(lapse)}</span>;
}

/** Fifteen marks; one burns out for each second without a word of the gateway. */
export function Fuse({ quiet }: { readonly quiet: number }) {
  const out = Math.min(15, Math.floor(quiet / 1000));
  return <span class="fuse" aria-hidden="true">{Array.from({ length: 15 }, (_, index) => <i key={index} class={index >= 15 - out ? "out" : ""} />)}</span>;
}
