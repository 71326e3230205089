// The data as a table: the same columns and stretches as are drawn.
//
// Takes: the picture.
// Gives: rows in order of time, a page at a time.
// Never: other data than the charts', a value where none was known.

import { useSignal } from "@preact/signals";
import { fill, say, tell } from "../shared/words";
import { knownText } from "./readout";
import { stateText } from "./lanes";
import type { Picture } from "./store";
import { numberText } from "./digits";
import { shown } from "./ticks";
import { fullAt } from "./zone";
import { trendWords as words } from "./words";

/** Rows of a page. */
const ROWS = 100;

/** One row: the cells of what is drawn at one place. */
export interface Row {
  readonly key: string;
  readonly cells: readonly string[];
}

const text = (value: number | null): string => (value === null ? "" : shown(value));

/** The rows of the measurements, newest last; columns without a record are no rows. */
export function numberRows(picture: Picture): Row[] {
  const rows: { readonly at: number; readonly place: number; readonly row: Row }[] = [];
  picture.infos.forEach((info, place) => {
    const drawn = picture.drawn.get(info.point);
    for (const column of drawn?.columns ?? []) {
      if (!drawn || column.known === "none") continue;
      const cells = [exact(column.from), tell(info.name), text(column.min), numberText(drawn, column) ?? "", text(column.max), info.unit, String(column.count), knownText(column.known)];
      rows.push({ at: column.from, place, row: { key: `${info.point} ${column.from}`, cells } });
    }
  });
  return rows.sort((one, other) => one.at - other.at || one.place - other.place).map(({ row }) => row);
}

/** The rows of the states. */
export function stateRows(picture: Picture): Row[] {
  const rows = picture.infos.flatMap((info) => (picture.lanes.get(info.point)?.stretches ?? []).map((stretch) => ({
    at: stretch.from,
    row: { key: `${info.point} ${stretch.from}`, cells: [exact(stretch.from), exact(stretch.to), tell(info.name), stateText(info, stretch), stretch.value === null ? stretch.quality : say(words.good)] },
  })));
  return rows.sort((one, other) => one.at - other.at).map(({ row }) => row);
}

function exact(at: number): string {
  const rest = ((at % 1000) + 1000) % 1000;
  return rest === 0 ? fullAt(at) : `${fullAt(at)}.${String(Math.floor(rest)).padStart(3, "0")}`;
}

/** The tables. */
export function Tables({ picture }: { readonly picture: Picture }) {
  const numbers = numberRows(picture);
  const states = stateRows(picture);
  const mean = [...picture.drawn.values()][0]?.step ? words.mean : words.value;
  return (
    <section class="tables" aria-label={say(words.tableOf)}>
      {numbers.length + states.length === 0 ? <p class="dim">{say(words.emptyTable)}</p> : null}
      {numbers.length > 0 ? <Paged name="numbers" rows={numbers} heads={[words.time, words.point, words.least, mean, words.most, words.unit, words.samples, words.quality].map(say)} /> : null}
      {states.length > 0 ? <Paged name="states" rows={states} heads={[words.from, words.until, words.point, words.state, words.quality].map(say)} /> : null}
    </section>
  );
}

function Paged({ name, rows, heads }: { readonly name: string; readonly rows: readonly Row[]; readonly heads: readonly string[] }) {
  const page = useSignal(0);
  const last = Math.max(0, Math.ceil(rows.length / ROWS) - 1);
  const at = Math.min(page.value, last);
  const [from, to] = [at * ROWS, Math.min(rows.length, (at + 1) * ROWS)];
  return (
    <div class="paged" data-table={name}>
      <div class="scroll">
        <table>
          <caption>{say(words.tableOf)}</caption>
          <thead><tr>{heads.map((head, place) => <th key={place} scope="col">{head}</th>)}</tr></thead>
          <tbody>{rows.slice(from, to).map((row) => <tr key={row.key}>{row.cells.map((cell, place) => <td key={place}>{cell}</td>)}</tr>)}</tbody>
        </table>
      </div>
      <p class="pages">
        <button type="button" aria-disabled={at === 0} onClick={() => { page.value = Math.max(0, at - 1); }}>{say(words.previous)}</button>
        <span>{fill(words.rows, from + 1, to, rows.length)}</span>
        <button type="button" data-next aria-disabled={at === last} onClick={() => { page.value = Math.min(last, at + 1); }}>{say(words.next)}</button>
      </p>
    </div>
  );
}
