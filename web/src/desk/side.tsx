// The right side: tabs, what the chosen tab shows, the open form, the acts.
//
// Takes: what is chosen and open.
// Gives: one column whose acts stay where they are.
// Never: opens anything over the banner.

import { section } from "../shared/feed/feed";
import { say } from "../shared/words";
import type { Phrase } from "../shared/words";
import { ActBar } from "./actbar";
import { Detail } from "./detail";
import { tab, TABS } from "./desk";
import type { Tab } from "./desk";
import { Forms } from "./forms";
import { LogIn } from "./login";
import { loggingIn } from "./who";
import { words } from "./words";
import { Duty } from "./work/duty";
import { Equipment } from "./work/equipment";
import { Isolations } from "./work/isolations";
import { Keypad } from "./work/keypad";
import { Linkages } from "./work/linkages";
import { Exercises } from "./work/scopes";
import { byNeed } from "./work/stages";

const TITLES: Readonly<Record<Tab, Phrase>> = { alarm: words.tAlarm, linkages: words.tLinkages, keypad: words.tKeypad, isolations: words.tIsolations, scopes: words.tScopes, duty: words.tDuty, equipment: words.tEquipment };

function countOf(name: Tab): number {
  if (name === "linkages") return byNeed(section("linkages").value ?? []).length;
  if (name === "isolations") return section("isolations").value?.length ?? 0;
  if (name === "scopes") return (section("scopes").value?.tests.length ?? 0) + (section("scopes").value?.drills.length ?? 0);
  return 0;
}

/** The right side. */
export function Side() {
  const chosen = tab.value;
  const turn = (by: number): void => {
    const next = TABS[(TABS.indexOf(chosen) + by + TABS.length) % TABS.length] ?? "alarm";
    tab.value = next;
    requestAnimationFrame(() => document.getElementById(`tab-${next}`)?.focus());
  };
  return (
    <aside class="side-column">
      <div class="tabs" role="tablist" aria-label={say(words.tabs)} onKeyDown={(event) => { if (event.key === "ArrowRight") turn(1); if (event.key === "ArrowLeft") turn(-1); }}>
        {TABS.map((name, at) => (
          <button key={name} type="button" role="tab" id={`tab-${name}`} aria-selected={name === chosen} aria-controls="tab-panel" tabIndex={name === chosen ? 0 : -1} aria-keyshortcuts={String(at + 1)} onClick={() => { tab.value = name; }}>
            {say(TITLES[name])}{countOf(name) > 0 && <b> {countOf(name)}</b>}
          </button>
        ))}
      </div>
      <div class="tab-panel" id="tab-panel" role="tabpanel" aria-labelledby={`tab-${chosen}`} tabIndex={-1}><Shown name={chosen} /></div>
      {loggingIn.value && <LogIn />}
      <Forms />
      <ActBar />
    </aside>
  );
}

function Shown({ name }: { readonly name: Tab }) {
  switch (name) {
    case "alarm": return <Detail />;
    case "linkages": return <Linkages />;
    case "keypad": return <Keypad />;
    case "isolations": return <Isolations />;
    case "scopes": return <Exercises />;
    case "duty": return <Duty />;
    case "equipment": return <Equipment />;
  }
}
