// The wall without a feed: it says what it knows itself, and what to do.
//
// Takes: when data came last, what was on show then.
// Gives: the banner, what to do now, what this screen knows.
// Never: a state of the site, other than a fire that was on show.

import { now, offset, ticking } from "../shared/clock";
import { lost, ready, section, silence, subject } from "../shared/feed/feed";
import { clock } from "../shared/format";
import { Symbol } from "../shared/symbol";
import { fill, language, say, words } from "../shared/words";
import { em, Fuse, Sign, stateWord } from "./banner";
import { elapsed } from "./elapsed";
import { ruler } from "./state";
import { wall } from "./words";

const lastAt = (): number => now() - silence.value;

/** Whether a fire, or another alarm of that rank, was on show when the feed was lost. */
export function alarmStays(): boolean {
  return ready.value && section("banner").value?.alarming === true && subject.value !== null;
}

/** The banner in plum. */
export function LostBanner() {
  const banner = section("banner").value;
  const alarm = alarmStays() ? subject.value : null;
  const title = stateWord(say(lost.value ? wall.lostTitle : wall.startTitle));
  return (
    <header class="banner is-lost on-colour" data-state="feed-lost">
      <div class="what-is" role="status">
        <div class="word"><Symbol name="link-broken" /><div><h1 style={em(title.size)}>{title.text}</h1></div></div>
        {alarm && banner ? (
          <div class="where stays"><Symbol name={banner.symbol} tone="inverse" /><div><Sign alarm={alarm} banner={banner} narrow={70} /></div></div>
        ) : (
          <div class="where"><p class="plainly" style={em(34)}>{say(ready.value ? wall.lostLine : wall.startLine)}</p><p class="names" style={em(24)}>{say(wall.lostGo)}</p></div>
        )}
      </div>
      <div class="when">
        <p class="top"><Fuse quiet={silence.value} /><time>{clock(ticking.value, offset.value)}</time></p>
        <p class="big">{elapsed(silence.value)}</p>
        <p class="since">{say(wall.lastDataAt)} {ready.value ? clock(lastAt(), offset.value) : say(wall.never)}</p>
      </div>
    </header>
  );
}

/** What to do now: three things, in this order. */
export function DoNow() {
  const fire = alarmStays();
  const steps: readonly (readonly [string, string])[] = [
    [say(wall.goPanels), say(wall.goPanelsWhy)],
    fire ? [say(wall.actAsFire), say(wall.actAsFireWhy)] : [say(wall.sendPeople), say(wall.sendPeopleWhy)],
    [say(wall.checkNetwork), fill(wall.gatewayAt, location.host)],
  ];
  return <Steps steps={steps} />;
}

/** Numbered things to do. */
export function Steps({ steps }: { readonly steps: readonly (readonly [string, string])[] }) {
  return (
    <section class="do-now">
      <h2><b>{say(wall.doNow)}</b></h2>
      <ol>
        {steps.slice(0, ruler.value.height < 420 ? 2 : 3).map(([what, why], index) => (
          <li key={what}><b class="step">{index + 1}</b><div><b>{what}</b><p class="dim">{why}</p></div></li>
        ))}
      </ol>
    </section>
  );
}

/** What this screen knows of itself. */
export function WhatIsKnown() {
  const counts = section("lamps").value;
  const of = (id: string): number => counts?.find((lamp) => lamp.id === id)?.total ?? 0;
  return (
    <section class="known">
      <h2><b>{say(wall.whatKnown)}</b></h2>
      <ul>
        <li class="unknown"><Symbol name="link-broken" tone="lost" /><b>{say(wall.noDataFor)}</b><span class="state">{ready.value ? fill(words.since, clock(lastAt(), offset.value)) : say(wall.never)}</span></li>
        <li class="unknown"><Symbol name="link-broken" tone="lost" /><b>{say(wall.network)}</b><span class="state">{say(wall.connecting)}</span></li>
        <li><Symbol name="normal" /><b>{say(wall.thisScreen)}</b><span class="state">{say(wall.runs)}</span></li>
      </ul>
      {ready.value && <p class="then">{fill(wall.thenFire, clock(lastAt(), offset.value))}{language === "zh" ? "：" : ": "}{fill(wall.thenCounts, of("fire"), of("fault"))}<br />{say(wall.afterUnknown)}</p>}
    </section>
  );
}
