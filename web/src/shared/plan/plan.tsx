// The plan of one floor, with what happens on it.
//
// Takes: what is known of plans, the floor to show, alarms and marks as plain data.
// Gives: the drawing, numbered tiles in the order of arrival, and in words what the drawing cannot show.
// Never: leaves out an alarm of the floor: what is not placed is said below, and the zone or the floor is marked.

import { useEffect, useId, useRef, useState } from "preact/hooks";
import { fill, language, say, tell } from "../words";
import { Symbol } from "../symbol";
import { colourZones, drawingOf, putInto } from "./drawing";
import { Figures } from "./figures";
import { layOut, unitOf } from "./spot";
import type { FloorName, FloorPlan, OnPlan, Plans } from "./types";
import type { Layout } from "./spot";
import { planWords } from "./words";
import "./plan.css";

/** One floor. `lines` is how much may be said below it. */
export function Plan({ plans, at, shown, lines = 3 }: {
  readonly plans: Plans;
  readonly at: FloorName;
  readonly shown: OnPlan;
  readonly lines?: number;
}) {
  const plan = plans.plans.find((one) => one.building === at.building && one.floor === at.floor);
  const bare: FloorPlan = { ...at, view_box: [0, 0, 720, 480], own_colours: false, hash: "", points: [], unplaced: [], zones: [] };
  const layout = layOut(plan ?? bare, shown);
  return (
    <figure class="plan">
      {plan ? <Drawn key={plan.hash} plan={plan} layout={layout} /> : <p class="plan-none">{say(planWords.noPlan)}</p>}
      <InWords layout={layout} lines={lines} />
    </figure>
  );
}

type Progress = "loading" | "ready" | "failed";

function Drawn({ plan, layout }: { readonly plan: FloorPlan; readonly layout: Layout }) {
  const group = useRef<SVGGElement>(null);
  const [progress, setProgress] = useState<Progress>("loading");
  const id = useId();
  useEffect(() => {
    let left = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = (): void => {
      drawingOf(plan).then(
        (root) => {
          if (left || !group.current) return;
          putInto(group.current, root, language);
          setProgress("ready");
        },
        () => {
          if (left) return;
          setProgress("failed");
          timer = setTimeout(read, 5_000);
        },
      );
    };
    read();
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [plan.hash]);
  const burning = [...layout.zones].sort().join(" ");
  useEffect(() => {
    if (group.current) colourZones(group.current, layout.zones);
  }, [burning, progress]);

  const [left, top, width, height] = plan.view_box;
  const unit = unitOf(plan.view_box);
  return (
    <>
      <svg
        class="plan-drawing"
        viewBox={plan.view_box.join(" ")}
        preserveAspectRatio="xMinYMin meet"
        role="img"
        aria-label={tellPlan(plan, layout)}
        // A drawing with colours of its own is read on paper, by night, too.
        {...(plan.own_colours ? { "data-theme": "day" } : {})}
      >
        {plan.own_colours && <rect class="plan-paper" x={left} y={top} width={width} height={height} />}
        <g ref={group} class="plan-lines" />
        {layout.wholeFloor && (
          <rect class="plan-floor" x={left} y={top} width={width} height={height} stroke-width={9 * unit} />
        )}
        <Figures figures={layout.figures} unit={unit} id={id} />
      </svg>
      {progress !== "ready" && (
        <p class="plan-none" role="status">{say(progress === "failed" ? planWords.unreadable : planWords.loading)}</p>
      )}
    </>
  );
}

function InWords({ layout, lines }: { readonly layout: Layout; readonly lines: number }) {
  const rows = layout.inWords.slice(0, layout.inWords.length > lines ? lines - 1 : lines);
  const left = layout.inWords.length - rows.length + layout.left;
  if (rows.length === 0 && left === 0) return null;
  return (
    <figcaption>
      <ul class="plan-words">
        {rows.map(({ alarm, mark, kind }) => (
          <li key={`${kind} ${(alarm ?? mark)?.point}`}>
            {alarm && (alarm.number === null
              ? <Symbol name={alarm.symbol} tone={alarm.burning ? "fire" : "sup"} />
              : <span class={`tile ${alarm.fresh ? "new" : ""}`}>{alarm.number}</span>)}
            <span class="plan-what">
              {alarm ? tell(alarm.words) : sayMark(kind, tell(mark?.words))} <span class="dim">{say(planWords.notPlaced)}</span>
            </span>
          </li>
        ))}
        {left > 0 && <li class="dim">{fill(planWords.morePlaced, left)}</li>}
      </ul>
    </figcaption>
  );
}

function sayMark(kind: string, words: string): string {
  const phrase = kind === "isolated" ? planWords.isolated : kind === "unknown" ? planWords.unknown : planWords.fault;
  return fill(phrase, words);
}

/** What a plan shows, in words, for who does not see it. */
function tellPlan(plan: FloorPlan, layout: Layout): string {
  const figures = layout.figures.map(({ kind, alarm, mark }) => {
    if (!alarm) return sayMark(kind, tell(mark?.words));
    const more = [alarm.first ? say(planWords.first) : "", alarm.fresh ? say(planWords.fresh) : ""].filter(Boolean);
    const words = tell(alarm.words);
    return [alarm.number === null ? words : fill(planWords.alarm, alarm.number, words), ...more].join(", ");
  });
  return [fill(planWords.planOf, plan.building, plan.floor), ...figures].join("; ");
}
