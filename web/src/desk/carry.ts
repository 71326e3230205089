// Carries out an act and follows it to its end.
//
// Takes: a request, what it is called, how the feed shows that it was done.
// Gives: the outcome, and its progress in `steps`.
// Never: repeats an act under another key.

import { effect } from "@preact/signals";
import type { CommandStage } from "../shared/feed/types";
import { say, tell } from "../shared/words";
import type { Text } from "../shared/words";
import type { Answer, Outcome } from "./ask";
import { ask, asText } from "./ask";
import { moved, requested } from "./progress";
import type { Stage } from "./progress";
import { words } from "./words";

/** What an act asks of the gateway. */
export interface Request {
  readonly what: string;
  readonly method: "POST" | "DELETE";
  readonly path: string;
  readonly body?: object;
  /** True as soon as the feed shows what was done; without it the gateway's answer is the end. */
  readonly seen?: () => boolean;
  /** The answer names commands: they are followed to the field's own feedback. */
  readonly commands?: boolean;
}

/** A command as `GET commands/{id}` tells it. */
export interface CommandState {
  readonly id: string;
  readonly point: string;
  readonly verb: string;
  readonly name: Text;
  readonly state: CommandStage;
  readonly settled: boolean;
  readonly lamp: "off" | "commanded" | "fed-back";
  readonly withdrawn: string | null;
  readonly failure: { readonly message: Text } | null;
}

/** The feed shows what was done within this time, in milliseconds; a reset waits for its panel. */
const SHOWS_WITHIN = 60_000;
/** A command is asked about this often, in milliseconds. */
const ASK_EVERY = 400;

/** Carries out an act. */
export async function carry(request: Request): Promise<Outcome> {
  const step = requested(request.what);
  const outcome = await ask(request.method, request.path, request.body);
  if (outcome.kind === "unheard") moved(step, "unknown", say(words.notHeard));
  else if (outcome.kind === "refused") moved(step, "refused", tell(outcome.message) + detail(outcome.body));
  else settle(step, request, outcome.body);
  return outcome;
}

function detail(body: Answer): string {
  return typeof body.detail === "string" ? ` (${body.detail})` : "";
}

function settle(step: number, request: Request, body: Answer): void {
  const lost = body.recorded === false ? say(words.notRecorded) : "";
  moved(step, "accepted", lost);
  const id = typeof body.id === "string" ? body.id : null;
  if (request.commands && id) void followCommand(step, id);
  else if (request.seen) whenSeen(request.seen, (seen) => moved(step, seen ? "confirmed" : "done", lost));
  else moved(step, "done", lost);
}

/** Tells once: that the feed shows it, or that it did not for as long as one waits; recorded it is in any case. */
function whenSeen(seen: () => boolean, then: (seen: boolean) => void): void {
  let stop: (() => void) | null = null;
  let over = false;
  const end = (shown: boolean): void => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    // Told outside of what is watched, so that the telling is not watched.
    queueMicrotask(() => {
      stop?.();
      then(shown);
    });
  };
  const timer = setTimeout(() => end(false), SHOWS_WITHIN);
  stop = effect(() => {
    if (!over && seen()) end(true);
  });
}

async function followCommand(step: number, id: string): Promise<void> {
  for (;;) {
    const states = await commandStates(id);
    if (states === null) return moved(step, "unknown", say(words.notHeard));
    const sum = summary(states);
    moved(step, sum.stage, sum.why);
    if (states.every((one) => one.settled)) return;
    await new Promise((done) => setTimeout(done, ASK_EVERY));
  }
}

/** How a command, or each command of a secondary code, stands; null when it could not be asked. */
export async function commandStates(id: string): Promise<readonly CommandState[] | null> {
  const outcome = await ask("GET", `commands/${id}`);
  if (outcome.kind !== "answered") return null;
  const { targets } = outcome.body;
  return (Array.isArray(targets) ? targets : [outcome.body]) as readonly CommandState[];
}

/** One stage for several commands: the worst that ended, or the least far that runs. */
export function summary(states: readonly CommandState[]): { readonly stage: Stage; readonly why: string } {
  const of = (state: CommandState["state"]) => states.filter((one) => one.state === state);
  const counts = (["confirmed", "done", "accepted", "requested", "failed", "unknown"] as const)
    .filter((state) => of(state).length > 0)
    .map((state) => `${say(words[state])} ${of(state).length}`);
  const failure = states.find((one) => one.failure)?.failure;
  const why = (states.length > 1 ? counts.join(" · ") : "") + (failure ? ` ${tell(failure.message)}` : "");
  const order: readonly Stage[] = ["failed", "unknown", "requested", "accepted", "done", "confirmed"];
  const running = states.some((one) => !one.settled);
  const stages = running ? states.filter((one) => !one.settled).map((one) => one.state) : states.map((one) => one.state);
  return { stage: order.find((stage) => stages.some((one) => one === stage)) ?? "done", why: why.trim() };
}

/** What a refusal says, for a place where it is shown on the spot. */
export function refusalOf(outcome: Outcome): string {
  if (outcome.kind === "unheard") return say(words.notHeard);
  return outcome.kind === "refused" ? tell(asText(outcome.body.message, outcome.status)) + detail(outcome.body) : "";
}
