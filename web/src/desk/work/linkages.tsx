// Linkages that run: what met them, each action with its timer, what was commanded against what was fed back.
//
// Takes: runs of the feed.
// Gives: the tab, with release and withdraw for each action.
// Never: releases without listing what it addresses.

import { useSignal } from "@preact/signals";
import { ticking } from "../../shared/clock";
import { lost, section } from "../../shared/feed/feed";
import type { Action, Run, Target } from "../../shared/feed/types";
import { dayClock } from "../../shared/format";
import { fill, language, say, tell } from "../../shared/words";
import { linkage } from "../acts";
import { Confirm } from "../confirm";
import { barred } from "../faces";
import { useSending } from "../forms";
import { who } from "../who";
import { words } from "../words";
import { byNeed, canRelease, canWithdraw, feedbackOf, stageOf } from "./stages";
import { work } from "./words";

interface Asked {
  readonly run: string;
  readonly action: number;
  readonly act: "release" | "withdraw";
}

/** The tab. */
export function Linkages() {
  const asked = useSignal<Asked | null>(null);
  const runs = byNeed(section("linkages").value ?? []);
  const back = (): void => {
    const held = asked.value;
    asked.value = null;
    if (held) requestAnimationFrame(() => document.getElementById(`${held.act}-${held.run}-${held.action}`)?.focus());
  };
  if (runs.length === 0) return <p class="nothing">{say(work.noRuns)}</p>;
  return (
    <div class="runs">
      {runs.map((run) => (
        <article key={run.id} class="run">
          <h3>{tell(run.name)}</h3>
          <p class="dim">{say(work[run.mode])} · {dayClock(run.met_at, ticking.peek())}{run.cleared_at && ` · ${fill(work.causeGone, dayClock(run.cleared_at, ticking.peek()))}`}</p>
          {run.drill && <p class="tag">{say(work.inDrill)}</p>}
          {run.because.length > 0 && <p class="dim">{fill(work.because, run.because.map((cause) => tell(cause.name)).join(language === "zh" ? "，" : ", "))}</p>}
          {run.actions.map((action, at) => (
            <div key={at}>
              <One run={run} action={action} at={at} onAsk={(act) => { asked.value = { run: run.id, action: at, act }; }} />
              {asked.value?.run === run.id && asked.value.action === at && <Ask key={asked.value.act} run={run} action={action} at={at} act={asked.value.act} onBack={back} />}
            </div>
          ))}
        </article>
      ))}
    </div>
  );
}

function One({ run, action, at, onAsk }: { readonly run: Run; readonly action: Action; readonly at: number; readonly onAsk: (act: "release" | "withdraw") => void }) {
  const why = run.mode === "monitor" ? say(work.monitored) : barred({ who: who.value, lost: lost.value });
  const faces = [
    { act: "release", label: say(words.doIt), why: why ?? (canRelease(action) ? null : say(work.nothingProposed)) },
    { act: "withdraw", label: say(words.withdraw), why: why ?? (canWithdraw(action, run) ? null : say(work.nothingToWithdraw)) },
  ] as const;
  const by = action.withdrawn_by ?? action.released_by;
  return (
    <div class={`action ${action.targets.some((one) => one.feedback === "missing") ? "missing" : ""}`}>
      <div>
        <b>{tell(action.name)}</b>{by && <span class="dim"> {fill(work.by, by)}</span>}
        <ul>{together(action).map((group) => <Stands key={group[0]?.point} run={run} action={action} group={group} />)}</ul>
        {action.advice && <p class="dim">{tell(action.advice)}</p>}
      </div>
      {run.mode !== "monitor" && (
        <div class="action-acts">
          {faces.map((face) => (
            <button key={face.act} id={`${face.act}-${run.id}-${at}`} type="button" class={`small ${face.act === "release" && face.why === null ? "go" : ""}`} aria-disabled={face.why !== null} title={face.why ?? ""} onClick={() => face.why === null && onAsk(face.act)}>
              {face.label}{face.why !== null && <small>{face.why}</small>}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

/** Targets that stand alike are said once. */
function together(action: Action): readonly (readonly Target[])[] {
  const groups = new Map<string, Target[]>();
  for (const target of action.targets) {
    const key = JSON.stringify([target.stage, target.feedback, target.why?.code, target.feedback_due_at]);
    groups.set(key, [...(groups.get(key) ?? []), target]);
  }
  return [...groups.values()];
}

function Stands({ run, action, group }: { readonly run: Run; readonly action: Action; readonly group: readonly Target[] }) {
  const first = group[0];
  if (!first) return null;
  const feedback = feedbackOf(first, action, ticking.value);
  return (
    <li>
      {group.map((target) => tell(target.name)).join(language === "zh" ? "、" : ", ")} · <b>{stageOf(first, run)}</b>
      {feedback && <> · {first.feedback === "missing" ? <b class="missing-word">{feedback}</b> : feedback}</>}
      {first.why && <p class="dim">{tell(first.why.message)}</p>}
    </li>
  );
}

function Ask({ run, action, at, act, onBack }: { readonly run: Run; readonly action: Action; readonly at: number; readonly act: "release" | "withdraw"; readonly onBack: () => void }) {
  const { busy, refusal, send } = useSending(onBack);
  const addressed = action.targets.filter((target) => act === "withdraw" || target.stage === "proposed");
  const names = addressed.map((target) => tell(target.name)).join(language === "zh" ? "、" : ", ");
  const effects = act === "release"
    ? { title: fill(work.releaseTitle, tell(action.name)), will: [fill(work.releaseWill, addressed.length, names)], wont: [say(work.releaseWont)], go: `${say(words.doIt)} ${tell(action.name)}` }
    : { title: fill(work.withdrawTitle, tell(action.name)), will: [fill(work.withdrawWill, names)], wont: [say(work.withdrawWont)], go: `${say(words.withdraw)} ${tell(action.name)}` };
  return <Confirm {...effects} why={barred({ who: who.value, lost: lost.value })} busy={busy} refusal={refusal} onBack={onBack} onGo={() => send(() => linkage(run, at, act))} />;
}
