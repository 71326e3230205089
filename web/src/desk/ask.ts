// Asks the gateway for something, once.
//
// Takes: a method, a path below /api/v1, a body.
// Gives: the answer, the refusal in both languages, or that nothing was heard.
// Never: sends an act again under another key, so what was asked twice is done once.

import type { Text } from "../shared/words";
import { sessionEnded } from "./who";

/** What the gateway said. */
export type Outcome =
  | { readonly kind: "answered"; readonly body: Answer }
  | { readonly kind: "refused"; readonly status: number; readonly error: string; readonly message: Text; readonly body: Answer }
  | { readonly kind: "unheard" };

/** A JSON object of the gateway. */
export type Answer = Readonly<Record<string, unknown>>;

/** How often an act is sent under the same key before it counts as unheard, and the wait before each in milliseconds. */
const WAITS = [0, 700, 2_000] as const;
/** An answer that takes longer is not waited for, in milliseconds. */
const PATIENCE = 8_000;

/** A new key of an act. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return "desk-" + [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Asks; an act carries one key through all its attempts. */
export async function ask(method: "GET" | "POST" | "DELETE", path: string, body?: object): Promise<Outcome> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (method !== "GET") headers["idempotency-key"] = newKey();
  if (body) headers["content-type"] = "application/json";
  for (const before of WAITS) {
    await wait(before);
    try {
      const init: RequestInit = { method, headers, signal: AbortSignal.timeout(PATIENCE) };
      const response = await fetch(`/api/v1/${path}`, body ? { ...init, body: JSON.stringify(body) } : init);
      return await read(response, path);
    } catch {
      // A cut line, or no answer in time: the same key makes it safe to ask again.
    }
  }
  return { kind: "unheard" };
}

async function read(response: Response, path: string): Promise<Outcome> {
  const body = asAnswer(response.status === 204 ? {} : await response.json().catch(() => null));
  if (response.ok) return { kind: "answered", body };
  if (response.status === 401 && path !== "session") sessionEnded();
  return { kind: "refused", status: response.status, error: String(body.error ?? response.status), message: asText(body.message, response.status), body };
}

function asAnswer(value: unknown): Answer {
  return typeof value === "object" && value !== null ? (value as Answer) : {};
}

/** The text in both languages; the status where the gateway, or what stands before it, said nothing. */
export function asText(value: unknown, status: number): Text {
  const text = asAnswer(value);
  return typeof text.zh === "string" && typeof text.en === "string" ? { zh: text.zh, en: text.en } : { zh: `HTTP ${status}`, en: `HTTP ${status}` };
}
