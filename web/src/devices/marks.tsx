// The shape and the word of a state: never one without the other.
//
// Takes: how a device stands.
// Gives: its mark; its mark with the word.
// Never: a colour alone.

import { Symbol } from "../shared/symbol";
import { say } from "../shared/words";
import type { Standing } from "./types";
import { states } from "./words";

const SHAPES: Readonly<Record<Standing["state"], readonly [name: string, tone: string]>> = {
  answers: ["normal", "ok"],
  partly: ["", ""],
  refuses: ["disabled", "dis"],
  down: ["link-broken", "lost"],
  unread: ["mark-shown", "off"],
  refused: ["fault", "fault"],
};

/** The shape alone; the word must stand beside it. */
export function Mark({ state }: { readonly state: Standing["state"] }) {
  const [name, tone] = SHAPES[state];
  // What is unknown has the same sign on every console.
  if (name === "") return <span class="q" aria-hidden="true">?</span>;
  return <Symbol name={name} tone={tone} />;
}

/** The word, with how much is unknown where that is why. */
export function stateWord(device: Standing): string {
  const word = say(states[device.state]);
  return device.state === "partly" ? `${word} ${device.points.unknown}/${device.points.total}` : word;
}
