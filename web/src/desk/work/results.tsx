// What became of each command of a secondary code.
//
// Takes: the id of the act.
// Gives: a line for each target with its state, and the way to take it back.
// Never: stops asking before every command came to its end.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { lost } from "../../shared/feed/feed";
import { say, tell } from "../../shared/words";
import { carry, commandStates } from "../carry";
import type { CommandState } from "../carry";
import { barred } from "../faces";
import { who } from "../who";
import { words } from "../words";
import { work } from "./words";

/** How often it is asked, in milliseconds: while something runs, and after that, because others may take it back. */
const PACES = { running: 500, settled: 5_000 } as const;

/** The list. */
export function Results({ id, onAnother }: { readonly id: string; readonly onAnother: () => void }) {
  const states = useSignal<readonly CommandState[]>([]);
  const again = useSignal(0);
  useEffect(() => {
    let timer = 0;
    let over = false;
    const look = async (): Promise<void> => {
      const found = await commandStates(id);
      if (over) return;
      if (found) states.value = found;
      const settled = found?.every((one) => one.settled) ?? false;
      timer = window.setTimeout(() => void look(), settled ? PACES.settled : PACES.running);
    };
    void look();
    return () => { over = true; window.clearTimeout(timer); };
  }, [id, again.value]);
  const why = barred({ who: who.value, lost: lost.value });
  const takeBack = (one: CommandState): void => {
    void carry({ what: `${say(work.takeBack)} ${tell(one.name)}`, method: "POST", path: `commands/${one.id}/withdraw`, commands: true }).then(() => { again.value += 1; });
  };
  return (
    <div class="results">
      <ol class="targets" aria-label={say(work.results)}>
        {states.value.map((one) => (
          <li key={one.id}>
            <span><b>{tell(one.name)}</b>{one.failure && <> {tell(one.failure.message)}</>}</span>
            <span class={`stage stage-${one.state}`}>{one.withdrawn ? say(work.withdrawn) : say(words[one.state])}</span>
            {one.lamp !== "off" && one.withdrawn === null && <button type="button" class="small" aria-disabled={why !== null} title={why ?? ""} onClick={() => why === null && takeBack(one)}>{say(work.takeBack)}</button>}
          </li>
        ))}
      </ol>
      <button type="button" class="back" onClick={onAnother}>{say(work.another)}</button>
    </div>
  );
}
