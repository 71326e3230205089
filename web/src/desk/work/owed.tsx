// Handling records that nobody wrote yet (FL-04).
//
// Takes: how many the feed counts; `GET duty` for what they are.
// Gives: the newest of them, each with its form.
// Never: a list older than the count beside it: it is asked for anew when the count changes.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ticking } from "../../shared/clock";
import { lost } from "../../shared/feed/feed";
import { dayClock } from "../../shared/format";
import { fill, say, tell } from "../../shared/words";
import type { Text } from "../../shared/words";
import { ask } from "../ask";
import { barred } from "../faces";
import { HandledForm } from "../forms";
import { who } from "../who";
import { words } from "../words";
import { work } from "./words";

/** So many are listed; the others stand on the page of the duty. */
const LISTED = 12;

interface OwedRecord {
  readonly id: string;
  readonly name: Text;
  readonly raised_at: string;
  readonly closed_at: string;
}

/** The list. */
export function Owed({ count }: { readonly count: number }) {
  const found = useSignal<readonly OwedRecord[]>([]);
  const open = useSignal<string | null>(null);
  useEffect(() => {
    void ask("GET", "duty").then((outcome) => {
      const owed = outcome.kind === "answered" ? outcome.body.unrecorded : null;
      if (Array.isArray(owed)) found.value = (owed as OwedRecord[]).toReversed();
    });
  }, [count]);
  if (count === 0) return null;
  const why = barred({ who: who.value, lost: lost.value });
  const listed = found.value.slice(0, LISTED);
  return (
    <section class="owed-records">
      <h3>{say(work.owed)} <b>{count}</b></h3>
      <ul>
        {listed.map((one) => (
          <li key={one.id}>
            <span>{tell(one.name)} <span class="dim">{dayClock(one.raised_at, ticking.peek())} – {dayClock(one.closed_at, ticking.peek())}</span></span>
            {open.value === one.id
              ? <HandledForm id={one.id} name={tell(one.name)} onBack={() => { open.value = null; }} />
              : <button type="button" id={`owed-${one.id}`} class="small" aria-disabled={why !== null} onClick={() => { if (why === null) open.value = one.id; }}>{say(words.handled)}{why !== null && <small>{why}</small>}</button>}
          </li>
        ))}
      </ul>
      {count > listed.length && <p class="dim">{fill(work.olderN, count - listed.length)}</p>}
    </section>
  );
}
