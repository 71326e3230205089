// Logging in at the desk, without leaving what was typed.
//
// Takes: a name and a password.
// Gives: the session, the look of the account; the forms go on where they were.
// Never: says which of the two was wrong, and never keeps the password.

import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { wear } from "../shared/switches";
import type { Look } from "../shared/switches";
import { say } from "../shared/words";
import { ask } from "./ask";
import { refusalOf } from "./carry";
import { begun, loggingIn, signedOut } from "./who";
import { words } from "./words";

/** The form of the log-in. */
export function LogIn() {
  const first = useRef<HTMLInputElement>(null);
  const said = useSignal("");
  const busy = useSignal(false);
  useLayoutEffect(() => first.current?.focus(), []);
  const send = async (form: HTMLFormElement): Promise<void> => {
    const data = new FormData(form);
    busy.value = true;
    const outcome = await ask("POST", "session", { user: String(data.get("user") ?? "").trim(), password: String(data.get("password") ?? "") });
    busy.value = false;
    said.value = refusalOf(outcome);
    if (outcome.kind !== "answered") return;
    begun(String(outcome.body.user), String(outcome.body.role));
    // What is being typed is worth more than the language of the page.
    if (!wear(outcome.body.preferences as Look | undefined) && !document.querySelector(".confirm:not(.login)")) return location.reload();
    // Back to what was being done.
    requestAnimationFrame(() => document.querySelector<HTMLElement>(".confirm input, .confirm .back, .acts button:not([aria-disabled=true])")?.focus());
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
