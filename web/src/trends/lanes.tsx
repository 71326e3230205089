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

/** A letter needs so many pixels of its lane. */
const LETTER = 15;

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

/** One lane. */
export function Lane({ info, index, stretches, cut, range, width }: LaneProps) {
  const span = range.to - range.from;
  const share = (at: number): number => Math.min(1, Math.max(0, (at - range.from) / span)) * 100;
  const drawn = boxes(stretches, span / Math.max(1, width) * 2);
  return (
    <div class="lane">
      <p class="lane-name"><b class={`letter hue-${markOf(index).hue}`}>{markOf(index).letter}</b> <span>{tell(info.name)}</span></p>
      <div class="lane-track">
        {drawn.map((box) => {
          const [from, to] = [share(box.from), share(box.to)];
          const roomy = ((to - from) / 100) * width > LETTER * 2;
          return (
            <i key={box.from} class={`box ${kindOf(info, box)}`} style={{ left: `${from}%`, width: `${to - from}%` }}>
              {roomy && box.stretch ? <span>{stateText(info, box.stretch)}</span> : null}
            </i>
          );
        })}
        {cut === null ? null : <i class="box cut" style={{ left: `${share(cut)}%`, right: "0" }}><span>{say(words.notLoaded)}</span></i>}
      </div>
    </div>
  );
}

/** How a box is filled: unknown hatched, the first state quiet, any other in ink; several at once finely striped. */
function kindOf(info: PointInfo, { stretch }: Box): string {
  if (!stretch) return "many";
  if (stretch.value === null) return "unknown hatched";
  return stretch.value === (info.states[0]?.value ?? 0) ? "quiet" : "other";
}
