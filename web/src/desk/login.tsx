// Logging in at the desk, without leaving what was typed.
//
// Takes: a name and a password.
// Gives: the session, the look of the account; the desk goes on where it was, also where it is drawn anew in another language.
// Never: says which of the two was wrong, and never keeps the password.

import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { wear } from "../shared/switches";
import type { Look } from "../shared/switches";
import { say } from "../shared/words";
import { ask } from "./ask";
import { refusalOf } from "./carry";
import { tab } from "./desk";
import { askedFrom, returnFocus } from "./focus";
import { enterTab } from "./keys";
import { isRunning, steps } from "./progress";
import { begun, loggingIn, signedOut } from "./who";
import { words } from "./words";

/** A question is open, or an act is followed to its end: that is worth more than the language of the page. */
function underWay(): boolean {
  return document.querySelector(".confirm:not(.login), .results") !== null || steps.peek().some(isRunning);
}

/** The form of the log-in. */
export function LogIn() {
  const first = useRef<HTMLInputElement>(null);
  const said = useSignal("");
  const busy = useSignal(false);
  const [from] = useState(askedFrom);
  useLayoutEffect(() => {
    first.current?.focus();
    return () => returnFocus(from, from?.closest(".tab-panel") != null);
  }, []);
  const send = async (form: HTMLFormElement): Promise<void> => {
    const data = new FormData(form);
    busy.value = true;
    const outcome = await ask("POST", "session", { user: String(data.get("user") ?? "").trim(), password: String(data.get("password") ?? "") });
    busy.value = false;
    said.value = refusalOf(outcome);
    if (outcome.kind !== "answered") return;
    begun(String(outcome.body.user), String(outcome.body.role));
    const another = !wear(outcome.body.preferences as Look | undefined);
    if (another && !underWay()) return location.reload();
    // Back to what was being done.
    requestAnimationFrame(() => {
      const asked = document.querySelector<HTMLElement>(".confirm input, .confirm .back");
      if (asked) asked.focus();
      else if (tab.peek() === "alarm") document.querySelector<HTMLElement>(".acts button:not([aria-disabled=true])")?.focus();
      else enterTab();
    });
  };
  return (
    <form class="confirm login" onSubmit={(event) => { event.preventDefault(); if (!busy.value) void send(event.currentTarget); }}>
      <h3>{say(words.logInTitle)}</h3>
      {signedOut.value && <p>{say(words.sessionOver)}</p>}
      <div class="fields">
        <label class="field"><span>{say(words.user)}</span><input name="user" ref={first} autocomplete="username" autocapitalize="none" required /></label>
        <label class="field"><span>{say(words.password)}</span><input name="password" type="password" autocomplete="current-password" required /></label>
      </div>
      {said.value && <p class="refusal" role="status">{said.value}</p>}
      <div class="buttons">
        <button type="submit" class="go act-go" aria-disabled={busy.value}>{say(words.logIn)}</button>
        <button type="button" class="back" onClick={() => { loggingIn.value = false; }}>{say(words.back)} <kbd>Esc</kbd></button>
      </div>
    </form>
  );
}
