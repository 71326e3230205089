// Who stands at this desk.
//
// Takes: what the gateway's shell says of the session; a log-in made at the desk.
// Gives: `who`, what the role may, `signedOut`.
// Never: decides what is permitted; it only says early what the gateway would refuse.

import { computed, signal } from "@preact/signals";

/** Roles, from the least to the most. */
export const ROLES = ["display", "operator", "supervisor", "engineer", "manager"] as const;

/** A role. */
export type Role = (typeof ROLES)[number];

/** A person at the desk. */
export interface Who {
  readonly user: string;
  readonly role: Role;
}

/** The role that a word means; what is not known may the least. */
export function roleOf(word: string | undefined): Role {
  return ROLES.find((role) => role === word) ?? "display";
}

/** Whether a role is at least another. */
export function atLeast(role: Role, least: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(least);
}

function ofDocument(): Who | null {
  const data = typeof document === "undefined" ? {} : document.body.dataset;
  return data.user ? { user: data.user, role: roleOf(data.role) } : null;
}

/** Who is logged in; null for nobody. */
export const who = signal<Who | null>(ofDocument());
/** The password is the one of the first start and must be changed. */
export const oneTime = signal(typeof document !== "undefined" && document.body.dataset.oneTime === "true");
/** The session ended while somebody worked. */
export const signedOut = signal(false);
/** The form of the log-in is open. */
export const loggingIn = signal(false);

/** Whether acts are worth offering at all. */
export const mayAct = computed(() => who.value !== null && atLeast(who.value.role, "operator"));

/** The gateway did not know the session. */
export function sessionEnded(): void {
  if (who.value) signedOut.value = true;
  who.value = null;
  loggingIn.value = true;
}

/** Somebody logged in at the desk. */
export function begun(user: string, role: string): void {
  who.value = { user, role: roleOf(role) };
  signedOut.value = false;
  loggingIn.value = false;
}
