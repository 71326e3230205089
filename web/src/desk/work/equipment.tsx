// Devices: start and stop by their points, and the keys of panels, without a secondary code.
//
// Takes: devices and points of the gateway, the commands of the feed.
// Gives: the tab: the list of devices, or the commands of one.
// Never: sends by one press; a dangerous command takes two acts of one person.

import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { fill, say, tell } from "../../shared/words";
import { ask } from "../ask";
import { refusalOf } from "../carry";
import { device, draft } from "../desk";
import { Field } from "../field";
import { CommandRow } from "./commandrow";
import { isPanel, matches, offersOf, worthListing } from "./offer";
import type { Equipped, Offer } from "./offer";
import { PanelKeys } from "./panelkeys";
import { work } from "./words";

/** Rows of a list; more are looked for. */
const ROWS = 40;

/** The tab. */
export function Equipment() {
  const devices = useSignal<readonly Equipped[] | null>(null);
  const said = useSignal("");
  useEffect(() => {
    void ask("GET", "devices").then((outcome) => {
      said.value = refusalOf(outcome);
      if (outcome.kind === "answered") devices.value = worthListing(outcome.body.devices as readonly Equipped[]);
    });
  }, []);
  const held = devices.value?.find((one) => one.id === device.value);
  return (
    <div class="equipment">
      <h3>{say(work.equipment)}</h3>
      {said.value && <p class="refusal" role="status">{said.value}</p>}
      {held ? <One key={held.id} held={held} /> : <All devices={devices.value ?? []} />}
    </div>
  );
}

function All({ devices }: { readonly devices: readonly Equipped[] }) {
  const typed = draft("equipment-find").value;
  const found = devices.filter((one) => matches(typed, [one.id, one.name.zh, one.name.en, one.place.text.zh, one.place.text.en]));
  const choose = (id: string): void => {
    device.value = id;
    draft("equipment-find").value = "";
    requestAnimationFrame(() => document.querySelector<HTMLElement>("#tab-panel .back")?.focus());
  };
  return (
    <>
      <Field name="equipment-find" label={say(work.find)} max={80} />
      {found.length === 0 && devices.length > 0 && <p class="nothing">{say(work.noneFound)}</p>}
      <ul class="choose">
        {found.map((one) => <li key={one.id}><button type="button" id={`device-${one.id}`} class="small" onClick={() => choose(one.id)}><b>{tell(one.name)}</b> <span class="dim">{tell(one.place.text)}</span></button></li>)}
      </ul>
    </>
  );
}

function One({ held }: { readonly held: Equipped }) {
  const offers = useSignal<readonly Offer[]>(held.commands);
  const open = useSignal<string | null>(null);
  useEffect(() => {
    void ask("GET", `points?device=${encodeURIComponent(held.id)}`).then((outcome) => {
      if (outcome.kind === "answered") offers.value = offersOf(held, outcome.body.points as readonly { readonly commands?: readonly Offer[] }[]);
    });
  }, [held.id]);
  const typed = draft("equipment-find").value;
  const found = offers.value.filter((offer) => matches(typed, [offer.point, offer.verb, offer.name.zh, offer.name.en]));
  const back = (): void => {
    device.value = null;
    draft("equipment-find").value = "";
    requestAnimationFrame(() => document.getElementById(`device-${held.id}`)?.focus());
  };
  return (
    <>
      <p class="buttons"><button type="button" class="back small" onClick={back}>{say(work.allDevices)} <kbd>Esc</kbd></button></p>
      <h4>{tell(held.name)} <code>{held.id}</code></h4>
      {isPanel(held) && <PanelKeys held={held} open={open.value} onOpen={(which) => { open.value = which; }} />}
      {offers.value.length > 5 && <Field name="equipment-find" label={say(work.find)} max={80} />}
      {found.length === 0 && <p class="nothing">{say(offers.value.length === 0 ? work.noCommands : work.noneFound)}</p>}
      <ul class="offers">
        {found.slice(0, ROWS).map((offer) => {
          const key = `${offer.point} ${offer.verb}`;
          return <CommandRow key={key} offer={offer} held={held} open={open.value === key} onOpen={(is) => { open.value = is ? key : null; }} />;
        })}
      </ul>
      {found.length > ROWS && <p class="dim">{fill(work.moreFound, found.length - ROWS)}</p>}
    </>
  );
}
