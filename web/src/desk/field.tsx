// Fields of the forms: what is typed is kept until it was carried out.
//
// Takes: the name of a draft, a label.
// Gives: labelled fields.
// Never: loses what was typed to a log-in, to another alarm or to a new build.

import type { ComponentChildren } from "preact";
import { draft } from "./desk";

interface Props {
  readonly name: string;
  readonly label: string;
  readonly first?: string;
  readonly list?: readonly string[];
  readonly max?: number;
  readonly children?: ComponentChildren;
}

/** One line of text. */
export function Field({ name, label, first = "", list, max = 500 }: Props) {
  const text = draft(name, first);
  const options = `list-${name}`;
  return (
    <label class="field"><span>{label}</span>
      <input type="text" value={text.value} maxLength={max} autocomplete="off" name={name} {...(list ? { list: options } : {})} onInput={(event) => { text.value = event.currentTarget.value; }} />
      {list && <datalist id={options}>{list.map((one) => <option key={one} value={one} />)}</datalist>}
    </label>
  );
}

/** A choice. */
export function Choice({ name, label, first = "", children }: Props) {
  const text = draft(name, first);
  return (
    <label class="field"><span>{label}</span>
      <select value={text.value} name={name} onChange={(event) => { text.value = event.currentTarget.value; }}>{children}</select>
    </label>
  );
}
