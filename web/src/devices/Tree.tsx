// The tree: each bus with its devices, in the order of the site.
//
// Takes: what the store holds, what is typed.
// Gives: the choice of a device, by pointer or by key.
// Never: moves a device: its place is that of the site, whatever its state.

import { useEffect, useRef } from "preact/hooks";
import { dataAge } from "../shared/format";
import { fill, say, tell } from "../shared/words";
import { Mark, stateWord } from "./marks";
import { isAsked, reached, step } from "./model";
import { choose, chosen, devices, filter, onlyWork, order, tree } from "./store";
import type { Branch } from "./model";
import type { Bus, Device } from "./types";
import { paces, texts } from "./words";

function BusHead({ bus }: { readonly bus: Bus }) {
  const oldest = Object.entries(bus.oldest ?? {});
  const asks = isAsked(bus);
  return (
    <div class={bus.up === false ? "bus hatched" : "bus"}>
      <h2>
        {bus.up === false && <Mark state="down" />} <b>{tell(bus.name)}</b> <span class="dim">{bus.id}</span>
      </h2>
      <p class="dim min">{reached(bus)}</p>
      {bus.up === false && <p class="bad min">{tell(bus.reason)}</p>}
      <p class="min figures">
        {asks && bus.busy !== null && <span>{fill(texts.busy, (bus.busy * 100).toFixed(bus.busy < 0.1 ? 1 : 0))}</span>}
        {asks && bus.requests_per_s !== null && <span>{fill(texts.perSecond, bus.requests_per_s.toFixed(1))}</span>}
        {oldest.map(([pace, { age_s: age, bound_s: bound }]) => (
          <span class={age > bound ? "bad" : "dim"} key={pace}>
            {fill(texts.oldest, say(paces[pace as keyof typeof paces]), dataAge(age * 1000), dataAge(bound * 1000))}
          </span>
        ))}
        {(bus.noise_bytes ?? 0) > 0 && <span class="bad">{fill(texts.noise, bus.noise_bytes ?? 0)}</span>}
      </p>
    </div>
  );
}

function Leaf({ device }: { readonly device: Device }) {
  const own = chosen.value === device.id;
  const row = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (own) row.current?.scrollIntoView({ block: "nearest" });
  }, [own]);
  return (
    <li>
      <button ref={row} type="button" class={`leaf is-${device.state}`} aria-current={own ? "true" : undefined} onClick={() => choose(device.id)}>
        <Mark state={device.state} />
        <span class="who">
          <b>{tell(device.name)}</b>
          <span class="min dim">{device.unit > 0 && `#${device.unit} `}{device.id}</span>
        </span>
        <span class="how min">{stateWord(device)}</span>
      </button>
    </li>
  );
}

/** The keys of the whole page; typing in a field is left alone. */
function keys(event: KeyboardEvent): void {
  const field = event.target instanceof HTMLInputElement ? event.target : null;
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "/" && field === null) {
    event.preventDefault();
    document.getElementById("filter")?.focus();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    choose(step(order.value, chosen.value, event.key === "ArrowDown" ? 1 : -1));
  } else if (event.key === "Enter" && field?.id === "filter") {
    choose(order.value.includes(chosen.value ?? "") ? chosen.value : (order.value[0] ?? null));
    // The page of another device is another element, which is drawn by then.
    requestAnimationFrame(() => document.getElementById("detail")?.focus());
  } else if (event.key === "Escape") {
    if (field) field.blur();
    else choose(null);
  }
}

/** The left side. */
export function Tree() {
  useEffect(() => {
    addEventListener("keydown", keys);
    return () => removeEventListener("keydown", keys);
  }, []);
  const shown = tree.value;
  return (
    <section class="tree" aria-label={say(texts.title)}>
      <div class="tools">
        <input id="filter" type="search" aria-label={say(texts.filter)} placeholder={say(texts.filter)} value={filter.value} onInput={(event) => (filter.value = event.currentTarget.value)} />
        <label class="switch">
          <input type="checkbox" checked={onlyWork.value} onChange={(event) => (onlyWork.value = event.currentTarget.checked)} /> {say(texts.onlyWork)}
        </label>
      </div>
      <div class="scroll">
        {devices.value !== null && shown.length === 0 && <p class="dim nothing">{say(onlyWork.value && filter.value === "" ? texts.nothingToDo : texts.nothingFits)}</p>}
        {shown.map((branch: Branch) => (
          <div class="branch" key={branch.bus.id}>
            <BusHead bus={branch.bus} />
            <ul>{branch.devices.map((device) => <Leaf key={device.id} device={device} />)}</ul>
          </div>
        ))}
      </div>
      <p class="keys min dim">{say(texts.keys)}</p>
    </section>
  );
}
