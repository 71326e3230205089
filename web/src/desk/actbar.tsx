// The acts at their fixed places below the chosen alarm.
//
// Takes: the chosen alarm, who is here, the feed.
// Gives: six buttons that never move; a refused one says why on its face.
// Never: asks more than the danger of an act needs; acknowledging is one press.

import { now } from "../shared/clock";
import { lost, section } from "../shared/feed/feed";
import { say } from "../shared/words";
import { acknowledge } from "./acts";
import { chosen, form, releasing, tab } from "./desk";
import { ACTS, barred, face, isolationOf } from "./faces";
import type { ActName, Sight } from "./faces";
import { who } from "./who";
import { words } from "./words";

/** The letter of each act. */
export const LETTERS: Readonly<Record<ActName, string>> = { acknowledge: "A", verdict: "V", isolate: "I", reset: "R", note: "N", call: "C" };

/** What the faces look at. */
export function sight(): Sight {
  const held = chosen.value;
  return {
    alarm: held?.alarm ?? null, open: held?.open ?? false, who: who.value, lost: lost.value,
    isolations: section("isolations").value ?? [], resets: section("resets").value ?? [], now: now(),
  };
}

/** Does what the button of an act does; nothing where its face refuses. */
export function press(act: ActName): void {
  const seen = sight();
  if (face(act, seen).refused) return;
  if (act === "acknowledge") {
    if (seen.alarm) void acknowledge(seen.alarm);
    return;
  }
  tab.value = "alarm";
  const held = seen.alarm && isolationOf(seen.isolations, seen.alarm.point);
  if (act === "isolate" && held) releasing.value = held.id;
  form.value = act === "isolate" && held ? "release" : act;
}

/** Why a handling record of the chosen alarm would be refused. */
export function handledWhy(seen: Sight): string | null {
  return barred(seen) ?? (seen.alarm ? null : say(words.chooseFirst));
}

/** Opens the handling record of the chosen alarm, also of one that is over. */
export function pressHandled(): void {
  if (handledWhy(sight())) return;
  tab.value = "alarm";
  form.value = "handled";
}

/** The acts. */
export function ActBar() {
  const seen = sight();
  return (
    <div class="acts">
      {ACTS.map((act) => {
        const { label, line, refused } = face(act, seen);
        const open = form.value === act || (act === "isolate" && form.value === "release");
        return (
          <button key={act} type="button" id={`act-${act}`} class={open ? "cur" : ""} aria-disabled={refused} aria-keyshortcuts={LETTERS[act]} onClick={() => press(act)}>
            <b>{label} <kbd>{LETTERS[act]}</kbd></b><small>{line}</small>
          </button>
        );
      })}
    </div>
  );
}
