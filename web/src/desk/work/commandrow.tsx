// One command of a point: what became of the last one, who has it armed, and the question before it is sent.
//
// Takes: what is offered, the commands of the feed.
// Gives: a row; below it, while it is asked for, the question.
// Never: sends a dangerous command by one act; offers what the gateway would refuse without saying why.

import { lost, section } from "../../shared/feed/feed";
import { ticking } from "../../shared/clock";
import { dayClock } from "../../shared/format";
import { fill, say, tell } from "../../shared/words";
import { carry } from "../carry";
import { Confirm } from "../confirm";
import { barred } from "../faces";
import { useSending } from "../forms";
import { who } from "../who";
import { words } from "../words";
import { ArmedBy, Arming } from "./arming";
import { lastOf, leastRole, off } from "./offer";
import type { Equipped, Offer } from "./offer";
import { work } from "./words";

interface Props {
  readonly offer: Offer;
  readonly held: Equipped;
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
}

/** The row. */
export function CommandRow({ offer, held, open, onOpen }: Props) {
  const why = off(offer, held) ?? barred({ who: who.value, lost: lost.value }, leastRole(offer));
  const last = lastOf(offer, section("commands").value?.sent ?? []);
  const takeBack = (): void => {
    if (last) void carry({ what: `${say(work.takeBack)} ${tell(last.name)}`, method: "POST", path: `commands/${last.id}/withdraw`, commands: true });
  };
  return (
    <li data-command={`${offer.point} ${offer.verb}`}>
      <div class="offer">
        <span><b>{tell(offer.name)}</b> <code>{offer.point.endsWith(`/${offer.verb}`) ? offer.point : `${offer.point} ${offer.verb}`}</code> <ArmedBy point={offer.point} verb={offer.verb} />
          {last && <span class="last"><b class={`stage stage-${last.state}`}>{say(last.withdrawn ? work.withdrawn : words[last.state])}</b> {last.by} <time>{dayClock(last.requested_at, ticking.peek())}</time> {last.failure && tell(last.failure)}</span>}
        </span>
        {last?.back && why === null && <button type="button" class="small take-back" onClick={takeBack}>{say(work.takeBack)}</button>}
        <button type="button" class="small" aria-disabled={why !== null} aria-expanded={open} onClick={() => { if (why === null) onOpen(!open); }}>{say(offer.danger === "armed" ? work.arm : work.send)}{why !== null && <small>{why}</small>}</button>
      </div>
      {open && (offer.danger === "armed"
        ? <Arming name={tell(offer.name)} target={{ point: offer.point }} verb={offer.verb} role={leastRole(offer)} onBack={() => onOpen(false)} onSent={() => onOpen(false)} />
        : <Send offer={offer} why={why} onBack={() => onOpen(false)} />)}
    </li>
  );
}

function Send({ offer, why, onBack }: { readonly offer: Offer; readonly why: string | null; readonly onBack: () => void }) {
  const { busy, refusal, send } = useSending(onBack);
  const name = tell(offer.name);
  const go = (): void => send(() => carry({ what: name, method: "POST", path: "commands", body: { target: { point: offer.point }, verb: offer.verb }, commands: true }));
  return <Confirm title={name} will={[fill(offer.feedback ? work.oneWill : work.oneWillBlind, offer.point)]} wont={[fill(work.oneWont, offer.ttl_s)]} go={say(work.send)} why={why} busy={busy} refusal={refusal} onBack={onBack} onGo={go} />;
}
