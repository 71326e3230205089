// Tiles and marks on a plan.
//
// Takes: figures that have their room.
// Gives: shapes of SVG: the ring of the first alarm under everything, its tile over everything.
// Never: a kind that only its colour tells: a number, a ring, a hatch, a triangle, a question mark.

import { symbolHref } from "../symbol";
import { tell } from "../words";
import type { Figure } from "./spot";

/** Everything on a plan; `unit` scales it to the drawing, `id` is this drawing's own. */
export function Figures({ figures, unit, id }: { readonly figures: readonly Figure[]; readonly unit: number; readonly id: string }) {
  return (
    <>
      <Hatches id={id} unit={unit} />
      {figures.filter((figure) => figure.kind === "first").map((figure) => (
        // It is there all the time: only what is not acknowledged flashes.
        <circle key={figure.alarm?.number} class="plan-ring" cx={figure.x} cy={figure.y} r={figure.half * 1.96} stroke-width={5 * unit} />
      ))}
      {[...figures].reverse().map((figure) => (
        <OneFigure key={`${figure.kind} ${(figure.alarm ?? figure.mark)?.point}`} figure={figure} unit={unit} id={id} />
      ))}
    </>
  );
}

/** The two hatches: yellow is taken out of service by a person, plum is unknown. */
export function Hatches({ id, unit }: { readonly id: string; readonly unit: number }) {
  const hatch = (name: string, kind: string) => (
    <pattern id={`${id}-${name}`} width={9 * unit} height={9 * unit} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect class={kind} width={4.5 * unit} height={9 * unit} />
    </pattern>
  );
  return (
    <defs>
      {hatch("isolated", "plan-hatch-isolated")}
      {hatch("unknown", "plan-hatch-unknown")}
    </defs>
  );
}

function OneFigure({ figure, unit, id }: { readonly figure: Figure; readonly unit: number; readonly id: string }) {
  const { x, y, half, spot, kind, alarm, mark } = figure;
  const moved = Math.hypot(x - spot.x, y - spot.y) > half * 0.6;
  return (
    <g class={`plan-figure plan-${kind}`}>
      <title>{tell((alarm ?? mark)?.words)}</title>
      {moved && <path class="plan-leader" d={`M${spot.x} ${spot.y}L${x} ${y}`} stroke-width={3 * unit} />}
      {moved && <circle class="plan-leader-end" cx={spot.x} cy={spot.y} r={6 * unit} />}
      {alarm ? <Tile figure={figure} unit={unit} id={id} /> : <Mark figure={figure} unit={unit} id={id} />}
    </g>
  );
}

function square(x: number, y: number, half: number) {
  return { x: x - half, y: y - half, width: 2 * half, height: 2 * half };
}

/** A symbol instead of a number, in the colours of its kind. */
function Emblem({ figure: { x, y, half, alarm } }: { readonly figure: Figure }) {
  return (
    <g class={alarm?.burning ? "plan-emblem-fire" : "plan-emblem"}>
      <use href={symbolHref(alarm?.symbol ?? "fault")} {...square(x, y, half)} />
    </g>
  );
}

function Tile({ figure, unit, id }: { readonly figure: Figure; readonly unit: number; readonly id: string }) {
  const { x, y, half, alarm } = figure;
  const size = (alarm?.label ?? "").length > 2 ? half * 1.1 : half * 1.52;
  return (
    <g class={alarm?.fresh ? "plan-fresh" : ""}>
      {alarm?.fresh && (
        <rect class="plan-ring" {...square(x, y, half + 7 * unit)} rx={6 * unit} stroke-width={4 * unit} />
      )}
      {alarm?.isolated && <rect {...square(x, y, half + 8 * unit)} fill={`url(#${id}-isolated)`} />}
      {alarm?.label == null ? <Emblem figure={figure} /> : (
        <>
          <rect class="plan-tile" {...square(x, y, half)} rx={5 * unit} stroke-width={3 * unit} />
          <text class="plan-number" x={x} y={y + size * 0.355} font-size={size}>{alarm.label}</text>
        </>
      )}
    </g>
  );
}

function Mark({ figure: { x, y, half, kind }, unit, id }: { readonly figure: Figure; readonly unit: number; readonly id: string }) {
  if (kind === "fault") return <use href={symbolHref("fault")} {...square(x, y, half)} />;
  return (
    <>
      <rect class="plan-ground" {...square(x, y, half)} rx={5 * unit} />
      <rect class="plan-frame" {...square(x, y, half)} rx={5 * unit} fill={`url(#${id}-${kind})`} stroke-width={3 * unit} />
      {kind === "unknown" && <text class="plan-question" x={x} y={y + half * 0.54} font-size={half * 1.6}>?</text>}
    </>
  );
}
