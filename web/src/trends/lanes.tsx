// Lanes of states below the panes, on the same axis of time.
//
// Takes: stretches of states.
// Gives: a lane for each point: its states in words, the unknown hatched.
// Never: a state where none was known; a change that is too short to be seen is marked as one.

import { say, tell } from "../shared/words";
import type { PointInfo } from "./api";
import type { Range } from "./range";
import { boxes } from "./series";
import type { Box, Stretch } from "./series";
import { markOf } from "./colours";
import { trendWords as words } from "./words";

/** Pixels of a Latin letter and of a Chinese one, and of the room around them. */
const [NARROW, WIDE, ROOM] = [6.6, 12.5, 9];

/** What a lane shows. */
export interface LaneProps {
  readonly info: PointInfo;
  readonly index: number;
  readonly stretches: readonly Stretch[];
  readonly cut: number | null;
  readonly range: Range;
  readonly width: number;
}

/** The words of a stretch. */
export function stateText(info: PointInfo, { value, state }: Stretch): string {
  if (value === null) return say(words.unknown);
  return tell(state ?? info.states.find((one) => one.value === value)?.name) || String(value);
}

/** Pixels that a text needs in a lane: a word that is cut short is worse than none, and the readout has it. */
export function needs(text: string): number {
  return [...text].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 0x2e7f ? WIDE : NARROW), ROOM);
}

/** One lane. */
export function Lane({ info, index, stretches, cut, range, width }: LaneProps) {
  const span = range.to - range.from;
  const share = (at: number): number => Math.min(1, Math.max(0, (at - range.from) / span)) * 100;
  const drawn = boxes(stretches, span / Math.max(1, width) * 2);
  const quiet = quietOf(info, stretches);
  return (
    <div class="lane">
      <p class="lane-name"><b class={`letter hue-${markOf(index).hue}`}>{markOf(index).letter}</b> <span>{tell(info.name)}</span></p>
      <div class="lane-track">
        {drawn.map((box) => {
          const [from, to] = [share(box.from), share(box.to)];
          const text = box.stretch ? stateText(info, box.stretch) : "";
          return (
            <i key={box.from} class={`box ${kindOf(box, quiet)}`} style={{ left: `${from}%`, width: `${to - from}%` }}>
              {text !== "" && needs(text) <= ((to - from) / 100) * width ? <span>{text}</span> : null}
            </i>
          );
        })}
        {cut === null ? null : <i class="box cut" style={{ left: `${share(cut)}%`, right: "0" }}><span>{say(words.notLoaded)}</span></i>}
      </div>
    </div>
  );
}

/** The state that is drawn quietly: what is not so, or what an enumeration mostly says here. The words tell either way. */
function quietOf(info: PointInfo, stretches: readonly Stretch[]): number {
  if (info.kind === "bit") return 0;
  const held = new Map<number, number>();
  for (const { value, from, to } of stretches) if (value !== null) held.set(value, (held.get(value) ?? 0) + to - from);
  return [...held].sort(([, one], [, other]) => other - one)[0]?.[0] ?? 0;
}

/** How a box is filled: unknown hatched, the usual state quiet, any other in ink; several at once finely striped. */
function kindOf({ stretch }: Box, quiet: number): string {
  if (!stretch) return "many";
  if (stretch.value === null) return "unknown hatched";
  return stretch.value === quiet ? "quiet" : "other";
}
