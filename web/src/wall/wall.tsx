// The wall: its bands, and what the main part is about.
//
// Takes: the feed, what was chosen.
// Gives: banner, lamps, bars, main, foot; the same grid in every state, so that the eye never searches.
// Never: yesterday's picture while the feed is lost.

import type { ComponentChildren } from "preact";
import { lost, ready, subject } from "../shared/feed/feed";
import { Banner } from "./banner";
import { Bars, barsOf, MOST_BARS } from "./bars";
import { blindBlock, isolationsBlock, lastBlock, linkageBlock, partsBlock, peopleBlock, roundsBlock, watchBlock, windowBlock } from "./blocks";
import { Column } from "./column";
import type { BlockOf } from "./column";
import { firstAlarmBlock } from "./firstalarm";
import { Foot } from "./foot";
import { Lamps } from "./lamps";
import { DoNow, LostBanner, Steps, WhatIsKnown } from "./lost";
import { planned, PlanPart, SiteSection } from "./onplan";
import { readinessBlocks } from "./readiness";
import { choice, place, ruler, scene } from "./state";
import { Window } from "./window";
import { WINDOWS } from "./windows";
import { say } from "../shared/words";
import { wall } from "./words";

/** Heights and widths of the grid, in minutes of arc. */
const BANDS = 126 + 58 + 33;
const BAR = 30;
const LEFT = 172;
const MIDDLE = 316;
/** On a wider page they grow with it. */
const LEFT_SHARE = 0.205;
const MIDDLE_SHARE = 0.377;
/** Space around a part. */
const PADS = 16;
const SIDES = 32;

/** The page. */
export function Wall() {
  const dark = lost.value || !ready.value;
  return (
    <div class={`wall-page ${dark ? "is-dark" : ""}`} style={{ translate: place.value }}>
      {dark ? <LostBanner /> : <Banner />}
      <Lamps />
      {dark ? <div class="bars" /> : <Bars />}
      <main class={`main ${dark ? "hatched" : ""}`} style={{ gridTemplateColumns: `calc(${left()} * var(--am)) calc(${middle()} * var(--am)) minmax(0, 1fr)` }} aria-label={say(wall.main)}>{dark ? <Dark /> : <Main />}</main>
      <Foot />
    </div>
  );
}

const left = (): number => Math.max(LEFT, ruler.value.width * LEFT_SHARE);
const middle = (): number => Math.max(MIDDLE, ruler.value.width * MIDDLE_SHARE);

function Dark() {
  return <><div class="left"><SiteSection /></div><div class="middle plate"><DoNow /></div><div class="right plate"><WhatIsKnown /></div></>;
}

/** Height of the main part in minutes of arc. */
function height(): number {
  return ruler.value.height - BANDS - Math.min(MOST_BARS, barsOf().length) * BAR - PADS;
}

function Main() {
  const { window, full } = choice.value;
  const right = ruler.value.width - left() - middle() - SIDES;
  if (window !== null && full) return <Window window={window} wide={ruler.value.width - SIDES} high={height()} />;
  const beside: ComponentChildren = window !== null ? <Window window={window} wide={right} high={height()} /> : <Column height={height()} blocks={rightBlocks(right)} />;
  return (
    <>
      <div class="left"><SiteSection /></div>
      <div class="middle"><Middle wide={middle() - SIDES} /></div>
      <div class="right">{beside}</div>
    </>
  );
}

function Middle({ wide }: { readonly wide: number }) {
  const first = subject.value;
  const at = first && planned(first);
  if (scene.value === "alarm" && first && at) return <PlanPart alarm={first} at={at} wide={wide} />;
  if (scene.value === "alarm" && first) return <Column height={height()} blocks={[firstAlarmBlock(first, wide)]} />;
  if (scene.value === "lost") return <Steps steps={[[say(wall.goPanels), say(wall.goPanelsWhy)], [say(wall.sendPeople), say(wall.sendPeopleWhy)], [say(wall.checkDevices), say(wall.readsAgain)]]} />;
  return <Column height={height()} blocks={readinessBlocks(wide)} />;
}

const late = (block: BlockOf | null): BlockOf | null => block && { ...block, late: true };

/** The right part by itself: what is urgent first. */
function rightBlocks(wide: number): BlockOf[] {
  const some = (blocks: readonly (BlockOf | null)[]): BlockOf[] => blocks.filter((block) => block !== null);
  const open = (window: (typeof WINDOWS)[number], least: number): BlockOf | null => {
    const block = windowBlock(window, wide, least);
    return block.rows.length > 0 ? block : null;
  };
  switch (scene.value) {
    case "alarm":
      return some([windowBlock("alarms", wide, 2), linkageBlock(wide, 1), late(open("faults", 0)), late(blindBlock(wide, 0)), late(isolationsBlock(wide, 0))]);
    case "lost":
      return some([blindBlock(wide, 4), open("faults", 1), partsBlock(wide), peopleBlock(wide)]);
    case "unknown":
      return some([blindBlock(wide, 3), watchBlock(wide), open("faults", 1), partsBlock(wide), isolationsBlock(wide, 1), peopleBlock(wide), lastBlock(wide)]);
    case "fault":
      return some([open("faults", 3), partsBlock(wide), isolationsBlock(wide, 1), linkageBlock(wide, 1), peopleBlock(wide), roundsBlock(wide)]);
    case "action":
      return some([windowBlock("actions", wide, 2), linkageBlock(wide, 2), open("faults", 1), peopleBlock(wide)]);
    case "disabled":
    case "normal":
      return some([peopleBlock(wide), isolationsBlock(wide, scene.value === "disabled" ? 3 : 1), open("set-aside", 1), roundsBlock(wide), lastBlock(wide)]);
  }
}
