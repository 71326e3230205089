// Symbols of the sprite that all pages share.
//
// Takes: the name of a symbol.
// Gives: the drawing; its colours come from the class of what is around it.
// Never: stands alone for a state; a word or a count is always beside it.

/** One symbol; `tone` names the colours: fire, sup, fault, act, dis, ok, lost, off. */
export function Symbol({ name, tone = "" }: { readonly name: string; readonly tone?: string }) {
  return (
    <svg class={`sym ${tone}`} aria-hidden="true" focusable="false">
      <use href={`/assets/symbols.svg#${name}`} />
    </svg>
  );
}
