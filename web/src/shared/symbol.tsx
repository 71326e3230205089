// Symbols of the sprite that all pages share.
//
// Takes: the name of a symbol.
// Gives: the drawing; its colours come from the class of what is around it.
// Never: stands alone for a state; a word or a count is always beside it. And never asks the gateway again: when the feed
// is lost the symbols of what was seen last, and of the loss, are still there.

const SPRITE = "/assets/symbols.svg";
/** Ids of the sprite in this document: no part of a page has one of these. */
const PREFIX = "symbol-";

/** Brings the sprite into the document, once; called by each app before it draws. */
export async function loadSymbols(): Promise<void> {
  try {
    const answer = await fetch(SPRITE);
    if (!answer.ok) throw new Error(String(answer.status));
    const sprite = new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement;
    for (const symbol of sprite.querySelectorAll("symbol")) symbol.id = PREFIX + symbol.id;
    sprite.setAttribute("aria-hidden", "true");
    sprite.setAttribute("class", "sprite");
    document.body.append(document.adoptNode(sprite));
  } catch {
    // The words stand beside every symbol; the sprite comes as soon as the gateway answers.
    setTimeout(() => void loadSymbols(), 2_000);
  }
}

/** Where a symbol is drawn from. */
export const symbolHref = (name: string): string => `#${PREFIX}${name}`;

/** One symbol; `tone` names the colours: fire, sup, fault, act, dis, ok, lost, off. */
export function Symbol({ name, tone = "" }: { readonly name: string; readonly tone?: string }) {
  return (
    <svg class={`sym ${tone}`} aria-hidden="true" focusable="false">
      <use href={symbolHref(name)} />
    </svg>
  );
}
