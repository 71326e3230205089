// The chosen alarm: where, what, how it stands, what to do next, what people did about it.
//
// Takes: the chosen alarm, runs of linkages.
// Gives: the upper part of the right side.
// Never: says what a state means in words of its own; the gateway's words are shown.

import { arrivalOf } from "../shared/arrival";
import { ticking } from "../shared/clock";
import { section } from "../shared/feed/feed";
import type { Alarm, Run } from "../shared/feed/types";
import { dayClock, millis } from "../shared/format";
import { Symbol } from "../shared/symbol";
import { fill, say, tell } from "../shared/words";
import { handledWhy, pressHandled, sight } from "./actbar";
import { chosen, device, draft, tab } from "./desk";
import { Floor } from "./floor";
import { isOwed } from "./order";
import { Age, toneOf } from "./row";
import { words } from "./words";
import { sumUp } from "./work/stages";

/** Half the length of the stretch that a link to the trends shows, in milliseconds. */
const AROUND = 1_800_000;

/** The chosen alarm. */
export function Detail() {
  const held = chosen.value;
  if (!held) return <div class="detail"><p class="nothing">{say(words.nothingChosen)}</p></div>;
  const { alarm, open } = held;
  const runs = (section("linkages").value ?? []).filter((run) => run.because.some((cause) => cause.occurrence === alarm.id));
  return (
    <article class="detail" aria-label={say(words.chosen)}>
      <Head alarm={alarm} open={open} />
      {alarm.detail && <p>{tell(alarm.detail)}</p>}
      {alarm.judged && <p class="judged">{tell(alarm.judged.words)}</p>}
      {alarm.next && open && <p class="next"><b>{say(words.next)}</b> {tell(alarm.next)}</p>}
      {alarm.advice && <p class="next"><b>{say(words.advice)}</b> {tell(alarm.advice)}</p>}
      <dl>
        <dt>{say(words.state)}</dt>
        <dd><b>{open ? tell(alarm.shown.state_text) : say(words.over)}</b> · {alarm.source === "unknown" ? "? " : ""}{tell(alarm.shown.source_text)} · {tell(alarm.shown.verdict_text)}{alarm.cause ? ` · ${alarm.cause}` : ""}</dd>
        {alarm.code && <><dt>{say(words.code)}</dt><dd>{alarm.code} · {alarm.type}</dd></>}
        {alarm.place.zone && <><dt>{say(words.zone)}</dt><dd>{alarm.place.zone}</dd></>}
        <dt>{say(words.point)}</dt><dd><code>{alarm.point}</code></dd>
      </dl>
      <History alarm={alarm} />
      <Floor alarm={alarm} />
      {runs.length > 0 && <Runs runs={runs} />}
      <More alarm={alarm} />
      <p class="links">
        <a href={`/alarm/${alarm.id}`}>{say(words.wholeHistory)}</a>
        <a href={`/trends?points=${encodeURIComponent(alarm.point)}&from=${encodeURIComponent(iso(alarm, -AROUND))}&to=${encodeURIComponent(iso(alarm, AROUND))}&at=${encodeURIComponent(alarm.raised_at)}`}>{say(words.trend)}</a>
        <a href={`/devices?device=${encodeURIComponent(alarm.device)}`}>{say(words.device)} {alarm.device}</a>
      </p>
    </article>
  );
}

/** What is done less often: the handling record, the commands of its point and the keys of its panel. */
function More({ alarm }: { readonly alarm: Alarm }) {
  const why = handledWhy(sight());
  const commands = (): void => {
    device.value = alarm.device;
    draft("equipment-find").value = alarm.point.includes("/") ? (alarm.point.split("/")[1]?.split(".")[0] ?? "") : "";
    tab.value = "equipment";
    requestAnimationFrame(() => document.querySelector<HTMLElement>("#tab-panel .back")?.focus());
  };
  return (
    <p class="buttons">
      <button type="button" id="act-handled" class="small" aria-disabled={why !== null} aria-keyshortcuts="H" onClick={pressHandled}>{say(words.handled)} <kbd>H</kbd>{why !== null && <small>{why}</small>}</button>
      <button type="button" id="act-equipment" class="small" aria-keyshortcuts="7" onClick={commands}>{say(words.commandsHere)}</button>
    </p>
  );
}

function iso(alarm: Alarm, by: number): string {
  return new Date(millis(alarm.raised_at) + by).toISOString();
}

function Head({ alarm, open }: { readonly alarm: Alarm; readonly open: boolean }) {
  const number = arrivalOf(alarm);
  const owed = open && isOwed(alarm);
  return (
    <header class={`detail-head tone-${toneOf(alarm)} ${owed ? "new" : ""}`}>
      {number === null ? <Symbol name={alarm.shown.symbol} tone={toneOf(alarm)} /> : <span class={`tile ${owed ? "new" : ""}`}>{number}</span>}
      <div>
        <h2>{tell(alarm.shown.head)}</h2>
        <p class="dim">{tell(alarm.shown.category_text)} {tell(alarm.shown.left)} {alarm.shown.tags.filter((tag) => tag.key !== "zone").map((tag) => <span key={tag.key} class={`tag tag-${tag.key}`}>{tell(tag.text)}</span>)}</p>
      </div>
    </header>
  );
}

/** Who did what when, the newest first. */
function History({ alarm }: { readonly alarm: Alarm }) {
  const lines: { readonly at: string; readonly text: string }[] = [];
  for (const call of alarm.calls ?? []) lines.push({ at: call.at, text: `${call.by} ${say(words.call)} ${call.called}${call.note ? `: ${call.note}` : ""}` });
  if (alarm.ack) lines.push({ at: alarm.ack.at, text: `${alarm.ack.by} ${say(words.acknowledge)}${alarm.ack.note ? `: ${alarm.ack.note}` : ""}` });
  lines.push({ at: alarm.raised_at, text: `${say(words.raised)}${alarm.count > 1 ? ` · ${fill(words.times, alarm.count)}` : ""}` });
  lines.sort((one, other) => millis(other.at) - millis(one.at));
  return (
    <ol class="history">
      {lines.map((line) => <li key={line.at + line.text}><time>{dayClock(line.at, ticking.peek())}</time> <span>{line.text}</span></li>)}
      {isOwed(alarm) && <li><time><Age at={alarm.raised_at} /></time> <b>{say(words.notAcked)}</b></li>}
    </ol>
  );
}

function Runs({ runs }: { readonly runs: readonly Run[] }) {
  return (
    <section class="of-linkages">
      <h3>{say(words.linkagesOf)}</h3>
      {runs.map((run) => (
        <p key={run.id}><button type="button" class="plain" onClick={() => { tab.value = "linkages"; }}>{tell(run.name)}</button> <span class="dim">{sumUp(run)}</span></p>
      ))}
    </section>
  );
}
