// The drawings of floors, and what is known of all plans.
//
// Takes: `GET /api/v1/plans` and `GET /api/v1/plans/{building}/{floor}.svg`.
// Gives: `plans`, and the nodes of a drawing as this page may hold them.
// Never: text of a drawing as markup of the page; the words of the other language.

import { signal } from "@preact/signals";
import type { FloorPlan, Plans } from "./types";
import type { Language } from "../words";

/** Floors and plans of the site; null until they were read. */
export const plans = signal<Plans | null>(null);

const AGAIN = 300_000;
const SOON = 5_000;

/** Reads the plans now and every five minutes, sooner while that fails; the browser keeps what did not change. */
export function followPlans(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const read = async (): Promise<void> => {
    let next = AGAIN;
    try {
      const answer = await fetch("/api/v1/plans", { cache: "no-cache" });
      if (!answer.ok) throw new Error(`plans: ${answer.status}`);
      const text = await answer.text();
      if (text !== known) plans.value = JSON.parse(text) as Plans;
      known = text;
    } catch {
      next = SOON;
    }
    if (!stopped) timer = setTimeout(() => void read(), next);
  };
  void read();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

let known = "";

/** Where the drawing of a floor is. */
export function addressOf(plan: Pick<FloorPlan, "building" | "floor">): string {
  return `/api/v1/plans/${encodeURIComponent(plan.building)}/${encodeURIComponent(plan.floor)}.svg`;
}

/** Drawings held at once, those last shown: a wall runs for years, and a tower has a drawing for each of its floors. */
const HELD = 3;
const drawings = new Map<string, Promise<SVGSVGElement>>();

/** The root of a drawing, read once while it is held; what could not be read is tried again at the next call. */
export function drawingOf(plan: FloorPlan): Promise<SVGSVGElement> {
  const held = drawings.get(plan.hash);
  if (held) {
    drawings.delete(plan.hash);
    drawings.set(plan.hash, held);
    return held;
  }
  const read = fetch(addressOf(plan), { cache: "no-cache" }).then(async (answer) => {
    if (!answer.ok) throw new Error(`plan: ${answer.status}`);
    return parse(await answer.text());
  });
  drawings.set(plan.hash, read);
  for (const oldest of [...drawings.keys()].slice(0, -HELD)) drawings.delete(oldest);
  read.catch(() => drawings.delete(plan.hash));
  return read;
}

function parse(text: string): SVGSVGElement {
  const root = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  if (!(root instanceof SVGSVGElement)) throw new Error("plan: no drawing");
  return root;
}

/** Puts a drawing into a group of this page: its shapes and looks, and of its words those of one language. */
export function putInto(group: SVGGElement, root: SVGSVGElement, language: Language): void {
  for (const { name, value } of Array.from(root.attributes)) {
    if (!["viewBox", "xmlns", "id", "class"].includes(name)) group.setAttribute(name, value);
  }
  const nodes = Array.from(root.childNodes).map((node) => document.importNode(node, true));
  group.replaceChildren(...nodes);
  for (const said of group.querySelectorAll("[lang]")) {
    if (said.getAttribute("lang") !== language) said.remove();
  }
}

/** Colours the zones in which something burns. */
export function colourZones(group: SVGGElement, burning: ReadonlySet<string>): void {
  for (const shape of group.querySelectorAll("[data-zone]")) {
    shape.classList.toggle("plan-burning", burning.has(shape.getAttribute("data-zone") ?? ""));
  }
}
