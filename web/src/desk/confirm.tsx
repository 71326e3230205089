// Confirming, in place: what will happen, what will not, and back first.
//
// Takes: a title, what the act does and does not do, fields.
// Gives: the box above the acts.
// Never: covers the banner, never starts on the button that acts, and leaves the focus nowhere when it closes.

import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { say } from "../shared/words";
import { askedFrom, noteOrigin, returnFocus } from "./focus";
import { words } from "./words";

interface Props {
  readonly title: string;
  readonly will: readonly string[];
  readonly wont: readonly string[];
  /** What the button says. */
  readonly go: string;
  /** Why the button would be refused. */
  readonly why: string | null;
  /** The button was pressed and is being carried out. */
  readonly busy?: boolean;
  /** What the gateway said against it. */
  readonly refusal?: string;
  /** Whether a field is filled in first; else the focus starts on back. */
  readonly typed?: boolean;
  /** Enter in a field leads to back, not to the act: what it does is not done by one key. */
  readonly careful?: boolean;
  readonly onGo: () => void;
  readonly onBack: () => void;
  readonly children?: ComponentChildren;
}

/** The box. */
export function Confirm({ title, will, wont, go, why, busy = false, refusal = "", typed = false, careful = false, onGo, onBack, children }: Props) {
  const box = useRef<HTMLFormElement>(null);
  const back = useRef<HTMLButtonElement>(null);
  const id = useId();
  // While it is drawn: what had the focus may be gone as soon as it stands.
  const [from] = useState(askedFrom);
  useLayoutEffect(() => {
    if (box.current) noteOrigin(box.current, from);
    const inTab = box.current?.closest(".tab-panel") != null;
    return () => returnFocus(from, inTab);
  }, []);
  // Before the next key: what is typed at once belongs to the field.
  useLayoutEffect(() => {
    const field = typed ? box.current?.querySelector<HTMLElement>("input, textarea, select") : null;
    (field ?? back.current)?.focus();
  }, [title]);
  const enter = (event: KeyboardEvent): void => {
    if (!careful || event.key !== "Enter" || event.isComposing || event.target instanceof HTMLButtonElement) return;
    event.preventDefault();
    back.current?.focus();
  };
  return (
    <form class="confirm" ref={box} aria-labelledby={id} onKeyDown={enter} onSubmit={(event) => { event.preventDefault(); if (why === null && !busy) onGo(); }}>
      <h3 id={id}>{title}</h3>
      {children}
      <ul class="effects">
        {will.map((text) => <li key={text}><b>{say(words.will)}</b> <span>{text}</span></li>)}
        {wont.map((text) => <li key={text}><b>{say(words.wont)}</b> <span>{text}</span></li>)}
      </ul>
      {refusal && <p class="refusal" role="status">{refusal}</p>}
      <div class="buttons">
        <button type="submit" class="go act-go" aria-disabled={why !== null || busy}>{go}{why !== null && <small>{why}</small>}</button>
        <button type="button" class="back" ref={back} onClick={onBack}>{say(words.back)} <kbd>Esc</kbd></button>
      </div>
    </form>
  );
}
