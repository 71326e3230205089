// The section of the site: where it burns, and how far up.
//
// Takes: buildings, what is shown on their floors, and which buildings are lost.
// Gives: buildings side by side with their floors; names of burning floors at the right.
// Never: a lost building as a quiet one; unknown is hatched and asks.

import { symbolHref } from "../symbol";
import { useId } from "preact/hooks";
import { fill, say } from "../words";
import { elevate, tellSection } from "./elevation";
import { Hatches } from "./figures";
import type { DrawnBuilding, DrawnFloor, Elevation, FloorLabel } from "./elevation";
import type { Building, OnPlan } from "./types";
import { planWords } from "./words";
import "./plan.css";

/** Every building of the site. */
export function Section({ buildings, shown, lost = [] }: {
  readonly buildings: readonly Building[];
  readonly shown: OnPlan;
  readonly lost?: readonly string[];
}) {
  const id = useId();
  const elevation = elevate(buildings, shown, lost);
  const { width, height, ground } = elevation;
  return (
    <svg class="section" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="xMidYMax meet" role="img" aria-label={tellSection(elevation)}>
      <Hatches id={id} unit={1.2} />
      {elevation.buildings.map((building) => <OneBuilding key={building.building} building={building} ground={ground} id={id} />)}
      <path class="section-ground" d={`M0 ${ground}H${elevation.labelX - 10}`} />
      {elevation.buildings.map((building) => <Fires key={building.building} building={building} />)}
      {elevation.buildings.filter((building) => !building.lost).map((building) => (
        <g key={building.building}>
          {building.floors.map((floor) => <Floor key={floor.floor} floor={floor} building={building} id={id} />)}
        </g>
      ))}
      {elevation.buildings.map((building) => <Name key={building.building} building={building} elevation={elevation} />)}
      {elevation.labels.map((label) => <Label key={`${label.building} ${label.floor}`} label={label} />)}
      {elevation.more > 0 && (
        <text class="section-more" x={elevation.labelX} y={elevation.nameY} font-size="30">{fill(planWords.moreFloors, elevation.more)}</text>
      )}
    </svg>
  );
}

function OneBuilding({ building, ground, id }: { readonly building: DrawnBuilding; readonly ground: number; readonly id: string }) {
  const { x, width, top, floors } = building;
  const bottom = Math.max(ground, ...floors.map((floor) => floor.y + floor.height));
  const core = Math.min(18, width * 0.24);
  const middle = x + width / 2;
  return (
    <g class={building.lost ? "section-lost" : ""}>
      {bottom > ground && <rect class="section-below" x={x - 4} y={ground} width={width + 8} height={bottom - ground} />}
      <rect class="section-wall" x={x} y={top} width={width} height={ground - top} />
      <path class="section-floors" d={floors.map((floor) => `M${x} ${floor.y}h${width}`).join("")} />
      <path class="section-core" d={`M${middle - core / 2} ${ground}V${top - 9}h${core}V${ground}`} />
      {building.lost && (
        <>
          <rect class="section-hatch" x={x} y={top} width={width} height={bottom - top} fill={`url(#${id}-unknown)`} />
          <text class="plan-question section-question" x={middle} y={(top + ground) / 2 + 22} font-size="64">?</text>
        </>
      )}
      {building.fireSomewhere && <rect class="section-somewhere" x={x - 4} y={top - 4} width={width + 8} height={bottom - top + 8} />}
    </g>
  );
}

/** What of a floor is set aside, unknown or in trouble; small, because the floor is. On a burning one it leaves the red. */
function Floor({ floor, building, id }: { readonly floor: DrawnFloor; readonly building: DrawnBuilding; readonly id: string }) {
  const { x, width } = building;
  const { states, y, height } = floor;
  const burning = states.has("fire");
  const side = Math.max(14, Math.min(height, 22));
  const middle = y + height / 2;
  return (
    <g class={burning ? "section-burning" : ""}>
      {states.has("isolated") && (
        <rect class="section-isolated" x={x + 2} y={y + 1} width={width * (burning ? 0.2 : 0.34)} height={height - 2} fill={`url(#${id}-isolated)`} />
      )}
      {states.has("unknown") && !burning && (
        <rect class="section-unknown" x={x + 2} y={y + 1} width={width - 4} height={height - 2} fill={`url(#${id}-unknown)`} />
      )}
      {states.has("unknown") && (
        <text class="plan-question section-question" x={x + width / 2} y={middle + side * 0.43} font-size={side * 1.2}>?</text>
      )}
      {states.has("fault") && (
        <g class="plan-fault">
          <use href={symbolHref("fault")} x={x + width - side - 1} y={middle - side / 2} width={side} height={side} />
        </g>
      )}
    </g>
  );
}

/** Burning floors lie over the building, also over one that was lost since; what else is marked there lies over them. */
function Fires({ building: { x, width, floors } }: { readonly building: DrawnBuilding }) {
  const burning = floors.filter((floor) => floor.states.has("fire"));
  return (
    <>
      {burning.map((floor) => (
        <rect key={floor.floor} class={`section-fire ${floor.fresh ? "section-fresh" : ""}`} x={x - 5} y={floor.y} width={width + 10} height={floor.height} />
      ))}
    </>
  );
}

function Name({ building, elevation }: { readonly building: DrawnBuilding; readonly elevation: Elevation }) {
  const number = /^\d+$/.test(building.building);
  return (
    <text
      class={`section-name ${building.burning ? "section-named" : ""}`}
      x={building.x + building.width / 2}
      y={elevation.nameY}
      font-size={elevation.nameSize}
    >
      {number ? fill(planWords.buildingNumber, building.building) : building.building}
    </text>
  );
}

function Label({ label }: { readonly label: FloorLabel }) {
  const { fromX, fromY, x, y, size } = label;
  const [before = "", after = ""] = say(planWords.floorNumber).split("{}");
  const middle = y - size * 0.36;
  return (
    <>
      <path class="section-leader" d={`M${fromX} ${fromY}H${x - 12}L${x - 5} ${middle}`} />
      <text class="section-label" x={x} y={y} font-size={size}>
        <tspan font-size={size * 0.68} font-weight="400">{before}</tspan>
        {label.floor ?? "?"}
        <tspan font-size={size * 0.68} font-weight="400">{after}</tspan>
      </text>
    </>
  );
}
